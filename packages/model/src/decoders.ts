/** Decoders for the fields of model.json. Each gives the value, or what is wrong and where. */
import type { ScheduleConfig } from "@tadsr/core";
import * as E from "fp-ts/lib/Either.js";

/** What is wrong with a value: its place, what was expected, what was found. */
export interface Fault {
  readonly path: string;
  readonly expected: string;
  readonly found: string;
}

export type Decoder<A> = (value: unknown, path: string) => E.Either<Fault, A>;

export const shown = (value: unknown): string =>
  value === undefined ? "nothing" : (JSON.stringify(value) ?? String(value)).slice(0, 80);

export const accept =
  <A>(expected: string, holds: (value: unknown) => value is A): Decoder<A> =>
  (value, path) =>
    holds(value) ? E.right(value) : E.left({ path, expected, found: shown(value) });

export const text = accept("a text", (value): value is string => typeof value === "string" && value !== "");

export const number = accept("a number", (value): value is number => Number.isFinite(value));

export const whole = (least: number, most: number): Decoder<number> =>
  accept(
    `a whole number from ${least} to ${most}`,
    (value): value is number =>
      Number.isInteger(value) && (value as number) >= least && (value as number) <= most,
  );

export const constant = <A extends string>(expected: A): Decoder<A> =>
  accept(JSON.stringify(expected), (value): value is A => value === expected);

export const optional =
  <A>(decoder: Decoder<A>): Decoder<A | undefined> =>
  (value, path) =>
    value === undefined ? E.right(undefined) : decoder(value, path);

export const list =
  <A>(decoder: Decoder<A>, least: number, most: number): Decoder<readonly A[]> =>
  (value, path) => {
    if (!Array.isArray(value) || value.length < least || value.length > most)
      return E.left({ path, expected: `a list of ${least} to ${most}`, found: shown(value) });
    const items: A[] = [];
    for (const [i, item] of value.entries()) {
      const decoded = decoder(item, `${path}[${i}]`);
      if (E.isLeft(decoded)) return decoded;
      items.push(decoded.right);
    }
    return E.right(items);
  };

/** An object with these fields and no others, so that a misspelt optional field is noticed. */
export const record =
  <A>(fields: { readonly [K in keyof A]-?: Decoder<A[K]> }): Decoder<A> =>
  (value, path) => {
    const at = (key: string): string => (path === "" ? key : `${path}.${key}`);
    if (typeof value !== "object" || value === null || Array.isArray(value))
      return E.left({ path, expected: "an object", found: shown(value) });
    const stray = Object.keys(value).find((key) => !Object.hasOwn(fields, key));
    if (stray !== undefined)
      return E.left({
        path: at(stray),
        expected: `only ${Object.keys(fields).join(", ")}`,
        found: "this field",
      });
    const result: [string, unknown][] = [];
    for (const [key, decoder] of Object.entries(fields) as [string, Decoder<unknown>][]) {
      const decoded = decoder(Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined, at(key));
      if (E.isLeft(decoded)) return decoded;
      if (decoded.right !== undefined) result.push([key, decoded.right]);
    }
    return E.right(Object.fromEntries(result) as A);
  };

export const MOST_CHANNELS = 8192;

export const schedule = record<ScheduleConfig>({
  steps: whole(1, 1_000_000),
  kappa: number,
  minNoiseLevel: number,
  etasEnd: number,
  power: number,
  respacing: optional(whole(1, 1_000_000)) as Decoder<number>,
});
