#!/usr/bin/env node
/** Starts the command `tadsr`. */
const { runCommand } = await import("./command.ts");
await runCommand();

export {};
