/** The tensors of a checkpoint as groups: each dict or list of tensors is a group, named by its path. */
import * as E from "fp-ts/lib/Either.js";
import type { UnknownGroup } from "../errors.ts";
import { quoted } from "../quoted.ts";
import { type Checked, invalid } from "./complaint.ts";
import { isKind, type PickleValue, type TorchTensor } from "./pickle-values.ts";

/** Tensors that are direct members of one dict, by their names there. */
export interface RawGroup<A> {
  readonly path: string;
  readonly members: ReadonlyMap<string, A>;
}

/** Deeper nesting is refused: no real state dict is nested so deeply. */
const DEEPEST = 100;

/** The same for the members of all dicts and lists. A member that several paths lead to counts several times. */
const MOST_MEMBERS = 200_000;

type Members = readonly (readonly [string, PickleValue])[];

const membersOf = (value: PickleValue): Members | null => {
  if (isKind(value, "dict")) return [...value.entries].map(([key, member]) => [String(key), member]);
  if (isKind(value, "list") || isKind(value, "tuple"))
    return value.items.map((member, i) => [String(i), member]);
  return null;
};

/** All groups of the saved object. The outermost has the path "". A tensor that was saved alone has the name "". */
export const groupsOf = (root: PickleValue): Checked<readonly RawGroup<TorchTensor>[]> => {
  if (isKind(root, "tensor")) return E.right([{ path: "", members: new Map([["", root]]) }]);
  const groups = new Map<string, RawGroup<TorchTensor>>();
  let visited = 0;

  const visit = (members: Members, path: readonly string[]): Checked<void> => {
    if (path.length > DEEPEST) return invalid(`nesting deeper than ${DEEPEST}, or endless`, "less nesting");
    visited += members.length;
    if (visited > MOST_MEMBERS) return invalid(`more than ${MOST_MEMBERS} members`, "fewer");
    const keys = members.map(([key]) => key);
    if (new Set(keys).size < keys.length)
      return invalid(`a key both as a text and as a number (${quoted(path.join("."))})`, "each key once");
    const own = members.flatMap(([key, member]) =>
      isKind(member, "tensor") ? [[key, member] as const] : [],
    );
    const name = path.join(".");
    if (own.length > 0) {
      if (groups.has(name)) return invalid(`two groups of the path ${quoted(name)}`, "one");
      groups.set(name, { path: name, members: new Map(own) });
    }
    for (const [key, member] of members) {
      const below = membersOf(member);
      const inner = below === null ? E.right(undefined) : visit(below, [...path, key]);
      if (E.isLeft(inner)) return inner;
    }
    return E.right(undefined);
  };

  const done = visit(membersOf(root) ?? [], []);
  if (E.isLeft(done)) return done;
  return groups.size > 0 ? E.right([...groups.values()]) : invalid("no tensor in it", "a state dict");
};

/** Prefixes that wrappers put before every name: data-parallel training, and compiling. */
const PREFIXES = ["module.", "_orig_mod."];

/** The prefixes that every name begins with, joined; "" if there are none. */
export const commonPrefix = (names: readonly string[]): string => {
  let prefix = "";
  for (;;) {
    const more = PREFIXES.find((next) =>
      names.every((name) => name.startsWith(prefix + next) && name.length > (prefix + next).length),
    );
    if (more === undefined || names.length === 0) return prefix;
    prefix += more;
  }
};

/** If a file has several groups, one of these is the one to use. Averaged weights come first. */
const PREFERRED = ["params_ema", "params", "state_dict", ""];

const shownPath = (path: string): string => (path === "" ? '"" (the outermost)' : quoted(path));

const unknownGroup = (file: string, path: string | null, choices: readonly string[]): UnknownGroup => {
  const few = choices.slice(0, 20).map(shownPath).join(", ");
  const list = choices.length > 20 ? `${few} and ${choices.length - 20} more` : few;
  const message =
    path === null
      ? `${file}: it has several groups of tensors; choose one: ${list}`
      : `${file}: it has no group ${quoted(path)}; it has ${list}`;
  return { _tag: "UnknownGroup", file, path, choices, message };
};

/**
 * The group of that path. Without a path: the only group, or else the one under params_ema, params, state_dict or at
 * the outermost, in this order.
 */
export const mainGroup = <G extends { readonly path: string }>(
  { file, groups }: { readonly file: string; readonly groups: readonly G[] },
  path?: string,
): E.Either<UnknownGroup, G> => {
  const [only, ...others] = groups;
  const wanted = path === undefined ? PREFERRED : [path];
  const found = wanted.flatMap((name) => groups.filter((group) => group.path === name)).at(0);
  const choice = found ?? (path === undefined && others.length === 0 ? only : undefined);
  return choice === undefined
    ? E.left(
        unknownGroup(
          file,
          path ?? null,
          groups.map((group) => group.path),
        ),
      )
    : E.right(choice);
};
