/**
 * Messages of protobuf as records of fields. Of protobufjs only the writer and the reader are used: the rest makes
 * code while it runs, which a page's content security policy may forbid.
 */
import protobuf, { type Reader, type Writer } from "protobufjs/minimal.js";

/** How a value is written, without its tag, and read again. */
export interface Kind<A> {
  /** Protobuf's wire type: 0 for a varint, 2 for a length and bytes, 5 for four bytes. */
  readonly wire: 0 | 2 | 5;
  write(writer: Writer, value: A): void;
  read(reader: Reader): A;
}

/** A field of a message: one value of a kind, or a list of them. */
interface Field<A> {
  readonly id: number;
  /** A list that is not there is empty. */
  readonly isList: boolean;
  write(writer: Writer, value: A): void;
  gather(): Gathering<A>;
}

/** Takes what stands under a field's tags, one tag after another. */
interface Gathering<A> {
  add(reader: Reader, wire: number): void;
  value(): A | undefined;
}

type Fields = Readonly<Record<string, Field<unknown>>>;

/** A message's values by their fields' names. Each may be left out. */
type Content<F> = { readonly [N in keyof F]?: F[N] extends Field<infer A> ? A : never };

export const int32: Kind<number> = {
  wire: 0,
  write: (writer, value) => writer.int32(value),
  read: (reader) => reader.int32(),
};

/** As a number, exact up to 2^53. */
export const int64: Kind<number> = {
  wire: 0,
  write: (writer, value) => writer.int64(value),
  read: (reader) => Number(reader.int64()),
};

export const float: Kind<number> = {
  wire: 5,
  write: (writer, value) => writer.float(value),
  read: (reader) => reader.float(),
};

export const string: Kind<string> = {
  wire: 2,
  write: (writer, value) => writer.string(value),
  read: (reader) => reader.string(),
};

export const bytes: Kind<Uint8Array> = {
  wire: 2,
  write: (writer, value) => writer.bytes(value),
  read: (reader) => reader.bytes(),
};

const tagOf = (id: number, wire: number): number => id * 8 + wire;

/** What a reader takes for a field that is not there, so it is not written. */
const isDefault = (value: unknown): boolean =>
  Object.is(value, 0) || value === "" || (value instanceof Uint8Array && value.length === 0);

export const one = <A>(id: number, kind: Kind<A>): Field<A> => ({
  id,
  isList: false,
  write: (writer, value) => {
    if (!isDefault(value)) kind.write(writer.uint32(tagOf(id, kind.wire)), value);
  },
  gather: () => {
    let found: A | undefined;
    const add = (reader: Reader): void => {
      found = kind.read(reader);
    };
    return { add, value: () => found };
  },
});

/** Numbers share one tag, and are read with a tag each, too; other values have a tag each. */
export const many = <A>(id: number, kind: Kind<A>): Field<readonly A[]> => ({
  id,
  isList: true,
  write: (writer, values) => {
    if (values.length === 0) return;
    if (kind.wire === 2) {
      for (const value of values) kind.write(writer.uint32(tagOf(id, 2)), value);
      return;
    }
    writer.uint32(tagOf(id, 2)).fork();
    for (const value of values) kind.write(writer, value);
    writer.ldelim();
  },
  gather: () => {
    const found: A[] = [];
    const add = (reader: Reader, wire: number): void => {
      if (wire === kind.wire) found.push(kind.read(reader));
      else for (const end = reader.uint32() + reader.pos; reader.pos < end; ) found.push(kind.read(reader));
    };
    return { add, value: () => found };
  },
});

/** Writer and reader of a message's fields, in their order in the record. Fields that are not known are passed over. */
const inside = <F extends Fields>(fields: F) => {
  const named = Object.entries(fields);
  const byId = new Map(named.map(([name, field]) => [field.id, { name, field }]));
  return {
    write: (writer: Writer, content: Content<F>): Writer => {
      for (const [name, field] of named) {
        const value: unknown = content[name];
        if (value !== undefined) field.write(writer, value);
      }
      return writer;
    },
    read: (reader: Reader, end: number): Content<F> => {
      const found = new Map<string, Gathering<unknown>>();
      while (reader.pos < end) {
        const tag = reader.uint32();
        const known = byId.get(tag >>> 3);
        if (known === undefined) {
          reader.skipType(tag & 7);
          continue;
        }
        const gathering = found.get(known.name) ?? known.field.gather();
        found.set(known.name, gathering);
        gathering.add(reader, tag & 7);
      }
      for (const [name, { isList, gather }] of named)
        if (isList && !found.has(name)) found.set(name, gather());
      const values = [...found].map(([name, gathering]) => [name, gathering.value()]);
      return Object.fromEntries(values) as Content<F>;
    },
  };
};

/** A message within another. */
export const message = <F extends Fields>(fields: F): Kind<Content<F>> => {
  const { write, read } = inside(fields);
  return {
    wire: 2,
    write: (writer, content) => write(writer.fork(), content).ldelim(),
    read: (reader) => read(reader, reader.uint32() + reader.pos),
  };
};

/** A message as a file of its own. Throws where bytes are no message. */
export const outermost = <F extends Fields>(fields: F) => {
  const { write, read } = inside(fields);
  return {
    encode: (content: Content<F>): Uint8Array => write(protobuf.Writer.create(), content).finish(),
    decode: (content: Uint8Array): Content<F> => {
      const reader = protobuf.Reader.create(content);
      return read(reader, reader.len);
    },
  };
};
