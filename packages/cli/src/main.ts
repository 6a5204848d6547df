#!/usr/bin/env node
/** Starts the command `tadsr`. If Node can, it keeps the compiled code, so that the next start need not compile it. */
import module from "node:module";
import { join } from "node:path";
import { cacheFolder } from "@tadsr/runtime-node/cache-folder";

/** Since Node 22.1. If the folder cannot be written, it says so in its result and nothing is kept. */
const keepCompiledCode: unknown = Reflect.get(module, "enableCompileCache");
const folder = cacheFolder(process.env);
if (typeof keepCompiledCode === "function" && folder !== null) keepCompiledCode(join(folder, "compiled"));

const { runCommand } = await import("./command.ts");
await runCommand();
