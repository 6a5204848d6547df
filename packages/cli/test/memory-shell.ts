/** A shell whose streams are memory, for commands run inside a test. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import type { Undo } from "../src/interrupt.ts";
import type { Output, Shell } from "../src/shell.ts";

interface Memory {
  readonly stream: Output;
  readonly bytes: () => Buffer;
}

const memory = (isTTY: boolean): Memory => {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      chunks.push(chunk);
      done();
    },
  });
  return { stream: Object.assign(stream, { isTTY, columns: 80 }), bytes: () => Buffer.concat(chunks) };
};

export interface MemoryShell {
  readonly shell: Shell;
  readonly out: () => string;
  readonly outBytes: () => Buffer;
  readonly err: () => string;
  /** What `tadsr` registered to undo and has not taken back. */
  readonly undoing: ReadonlySet<Undo>;
}

export interface MemoryShellOptions {
  readonly stdin?: Uint8Array;
  readonly isTerminal?: boolean;
}

export const memoryShell = (folder: string, options: MemoryShellOptions = {}): MemoryShell => {
  const stdout = memory(options.isTerminal === true);
  const stderr = memory(options.isTerminal === true);
  const undoing = new Set<Undo>();
  const shell: Shell = {
    folder,
    stdin: Readable.from(options.stdin === undefined ? [] : [Buffer.from(options.stdin)]),
    stdout: stdout.stream,
    stderr: stderr.stream,
    onInterrupt: (undo) => {
      undoing.add(undo);
      return () => void undoing.delete(undo);
    },
  };
  return {
    shell,
    out: () => stdout.bytes().toString(),
    outBytes: stdout.bytes,
    err: () => stderr.bytes().toString(),
    undoing,
  };
};

/** An empty folder, and its removal. */
export const temporaryFolder = (): { readonly path: string; readonly remove: () => void } => {
  const path = mkdtempSync(join(tmpdir(), "tadsr-test-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
};
