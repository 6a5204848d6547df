/**
 * A separate process that computes on onnx as soon as the barrier's file exists, and prints the result. Arguments:
 * `cache barrier`. With the barrier `hang`, it makes a draft in the cache and waits to be killed.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { MODEL_FILE, modelCache } from "../src/onnx/model-cache.ts";
import { computeWithCache } from "./large-computation.ts";

const [cache = "", barrier = ""] = process.argv.slice(2);

if (barrier === "hang") {
  // Keeps the process alive.
  setInterval(() => undefined, 1000);
  await modelCache(cache, console.log).fill("key", async (folder) => {
    await writeFile(join(folder, MODEL_FILE), "the first half");
    console.log("writing");
    return new Promise<boolean>(() => undefined);
  });
}

// Imports everything that the computation needs before the barrier opens.
await computeWithCache(null);
console.log("ready");
while (!existsSync(barrier)) await sleep(1);
const { result, told } = await computeWithCache(cache);
const digest = createHash("sha256").update(Float32Array.from(result.data)).digest("hex");
console.log(JSON.stringify({ digest, told }));
