/**
 * Damages the fixtures of each checkpoint reader in many seeded ways and reads them, each reader in a separate process.
 * Then it reads the hostile files of the tests. It prints the outcomes, the slowest file and the process's peak memory.
 * It fails on a crash, a file that takes over 2 s, a peak over 512 MB, or a wrong result.
 *
 *     node --import tsx tools/fuzz-checkpoints.mjs [--mutations 20000] [--seed 1]
 */
import { fork } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const TESTS = "../packages/model/test/checkpoint";
const MOST_MS = 2000;
const MOST_MB = 512;
/** A process that reports nothing for this long counts as hanging. */
const SILENCE_MS = 60_000;

const { values } = parseArgs({
  options: {
    mutations: { type: "string", default: "20000" },
    seed: { type: "string", default: "1" },
    task: { type: "string" },
    folder: { type: "string" },
  },
});
const [mutations, seed] = [Number(values.mutations), Number(values.seed)];
if (![mutations, seed].every((number) => Number.isSafeInteger(number) && number >= 0)) {
  console.error("--mutations and --seed are whole numbers from 0");
  process.exit(1);
}

const peakMegabytes = () => process.resourceUsage().maxRSS / 1024;

/** Measures the processor's time, since other programs lengthen the clock's time. */
const timed = async (run) => {
  const [start, used] = [performance.now(), process.cpuUsage()];
  const result = await run();
  const { user, system } = process.cpuUsage(used);
  return { result, ms: Math.min(performance.now() - start, (user + system) / 1000) };
};

/** In the child: damages and reads, and reports each file to the parent before reading it. */
const fuzz = async (reader, folder) => {
  const { fuzzSubjects } = await import(`${TESTS}/fuzz-subjects.ts`);
  const { damaged, outcomeOf } = await import(`${TESTS}/mutations.ts`);
  const subjects = await fuzzSubjects(reader, join(folder, "made"));
  const baseline = peakMegabytes();
  const counts = { refused: 0, identical: 0, "other numbers": 0, wrong: 0 };
  const wrong = [];
  let [slowest, slowestAt] = [0, ""];
  for (let i = 0; i < mutations; i++) {
    const subject = subjects[i % subjects.length];
    const at = `${subject.name}, seed ${seed + i}`;
    process.send({ at });
    const bytes = damaged(subject, seed + i);
    const { result, ms } = await timed(() => outcomeOf(subject, bytes, join(folder, reader)));
    counts[result.outcome] += 1;
    if (result.outcome === "wrong") wrong.push(at);
    if (ms > slowest) [slowest, slowestAt] = [ms, at];
  }
  return { files: mutations, ...counts, slowest, slowestAt, baseline, peak: peakMegabytes(), wrong };
};

/** In a separate child, so that the memory for making the files does not count for reading them. */
const writeHostile = async (folder) => {
  const { hostileFiles } = await import(`${TESTS}/hostile-files.ts`);
  for (const [i, { bytes }] of hostileFiles.entries()) {
    process.send({ at: `making hostile file ${i}` });
    writeFileSync(join(folder, `${i}.hostile`), bytes);
  }
  writeFileSync(join(folder, "names.json"), JSON.stringify(hostileFiles.map(({ name }) => name)));
  return null;
};

const readHostile = async (folder) => {
  const { readEverything } = await import(`${TESTS}/read-everything.ts`);
  const names = JSON.parse(readFileSync(join(folder, "names.json"), "utf8"));
  const baseline = peakMegabytes();
  const wrong = [];
  let [slowest, slowestAt] = [0, ""];
  for (const [i, name] of names.entries()) {
    process.send({ at: name });
    const { result, ms } = await timed(() => readEverything(join(folder, `${i}.hostile`)));
    if (result._tag === "Right") wrong.push(name);
    if (ms > slowest) [slowest, slowestAt] = [ms, name];
  }
  const refused = names.length - wrong.length;
  return {
    files: names.length,
    refused,
    identical: 0,
    "other numbers": 0,
    wrong,
    slowest,
    slowestAt,
    baseline,
    peak: peakMegabytes(),
  };
};

const TASKS = {
  zip: (folder) => fuzz("zip", folder),
  legacy: (folder) => fuzz("legacy", folder),
  safetensors: (folder) => fuzz("safetensors", folder),
  "make hostile": writeHostile,
  hostile: readHostile,
};

/** In the parent: the child's result, or the last file that it reported before it ended or hung. */
const runChild = (task, folder) =>
  new Promise((resolve) => {
    const options = ["--task", task, "--folder", folder, "--mutations", `${mutations}`, "--seed", `${seed}`];
    const child = fork(fileURLToPath(import.meta.url), options);
    let [last, result] = ["its start", undefined];
    let timer;
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(() => child.kill("SIGKILL"), SILENCE_MS);
    };
    wait();
    child.on("message", (message) => {
      wait();
      if ("at" in message) last = message.at;
      else result = message.result;
    });
    child.on("exit", (code, signal) => {
      clearTimeout(timer);
      resolve(
        result === undefined ? { failure: `${task}: ended (${signal ?? code}) at ${last}` } : { result },
      );
    });
  });

if (values.task !== undefined) {
  const result = await TASKS[values.task](values.folder);
  process.send({ result }, () => process.disconnect());
} else {
  const folder = mkdtempSync(join(tmpdir(), "tadsr-fuzz-"));
  const failures = [];
  const rows = [];
  try {
    for (const task of Object.keys(TASKS)) {
      const { result, failure } = await runChild(task, folder);
      if (failure !== undefined) failures.push(failure);
      if (result == null) continue;
      const { files, refused, identical, slowest, slowestAt, baseline, peak, wrong } = result;
      rows.push({
        reader: task,
        files,
        refused,
        identical,
        "other numbers": result["other numbers"],
        wrong: wrong.length,
        "slowest ms": Math.round(slowest),
        slowest: slowestAt,
        "RSS before MB": Math.round(baseline),
        "peak RSS MB": Math.round(peak),
      });
      failures.push(...wrong.map((at) => `${task}: a wrong result: ${at}`));
      if (slowest > MOST_MS) failures.push(`${task}: ${slowestAt} took ${Math.round(slowest)} ms`);
      if (peak > MOST_MB) failures.push(`${task}: peak memory of ${Math.round(peak)} MB`);
    }
    console.log(`${mutations} mutations for each reader, seeds from ${seed}, Node ${process.versions.node}`);
    console.table(rows);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  for (const failure of failures) console.error(failure);
  process.exitCode = failures.length === 0 ? 0 : 1;
}
