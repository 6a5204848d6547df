#!/usr/bin/env node
/**
 * Adds up vitest's JSON reports, lists the tests that did not pass, and prints "N passed, N failed". Exits with 1
 * unless all passed. These count as failed too: a skipped test, a file that failed before its first test, a report
 * without tests, and a report that cannot be read.
 *
 *   node tools/count-tests.mjs <report.json, or a folder of them> [failures from elsewhere]
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join, relative } from "node:path";

const [place, elsewhere = "0"] = process.argv.slice(2);
if (place === undefined) {
  console.error("count-tests: give a report of vitest, or a folder of them");
  process.exit(2);
}

const reportsIn = (path) =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory()
    ? readdirSync(path)
        .filter((name) => name.endsWith(".json"))
        .map((name) => join(path, name))
    : [path];

const resultsOf = (path) => {
  try {
    return JSON.parse(readFileSync(path, "utf8")).testResults;
  } catch (error) {
    console.error(`count-tests: ${path}: ${error.message}`);
    return [];
  }
};

const firstLine = (text) => String(text ?? "").split("\n", 1)[0];

/** Prints a line for each test that did not pass, so that the end of a long log shows them. */
const tell = (path, testResults) => {
  const run = basename(path, ".json");
  for (const { name, status, message, assertionResults } of testResults) {
    const file = relative(process.cwd(), name ?? "");
    const others = assertionResults.filter((test) => test.status !== "passed");
    for (const test of others)
      console.log(
        `${test.status}: ${run}: ${file}: ${test.fullName}: ${firstLine(test.failureMessages?.[0])}`,
      );
    if (status === "failed" && others.length === 0)
      console.log(`failed: ${run}: ${file}: ${firstLine(message)}`);
  }
};

/** The numbers of passed and failed tests in one report. */
const count = (path) => {
  const testResults = resultsOf(path);
  tell(path, testResults);
  const tests = testResults.flatMap((file) => file.assertionResults);
  const passed = tests.filter(({ status }) => status === "passed").length;
  const silent = testResults.filter(
    (file) => file.status === "failed" && file.assertionResults.every(({ status }) => status === "passed"),
  ).length;
  return { passed, failed: tests.length - passed + silent + (tests.length === 0 ? 1 : 0) };
};

const counts = reportsIn(place).map(count);
const passed = counts.reduce((sum, report) => sum + report.passed, 0);
const failed = counts.reduce((sum, report) => sum + report.failed, Number(elsewhere));
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
