/**
 * Averages the weights of runs that began from the same model. The average of a run near the original and a sharp run
 * is a compromise that neither training found.
 *
 *   node --import tsx tools/average-models.mjs --out folder 0.9:runs/a/model 0.1:runs/b/checkpoint.safetensors
 *
 * Each model folder or checkpoint has a share before it. Of a checkpoint the moving average is taken. The shares add up
 * to 1. The description is that of the first model folder.
 */
import { parseArgs } from "node:util";
import { loadModel, readSafetensors, saveModel } from "@tadsr/files";

const fail = (message) => {
  console.error(`average-models: ${message}`);
  process.exit(2);
};

const right = (result) => (result._tag === "Left" ? fail(result.left.message) : result.right);

const AVERAGE = "average/";

/** { description, weights }; a checkpoint has no description. */
const read = async (path) => {
  if (!path.endsWith(".safetensors")) return right(await loadModel(path)());
  const { tensors } = right(await readSafetensors(path)());
  const averages = Object.entries(tensors).filter(([name]) => name.startsWith(AVERAGE));
  if (averages.length === 0) fail(`${path}: it has no moving average; give the checkpoint of a training`);
  return {
    description: null,
    weights: Object.fromEntries(averages.map(([name, array]) => [name.slice(AVERAGE.length), array])),
  };
};

const parse = (text) => {
  const [, share = "", path = ""] = /^([0-9.]+):(.+)$/.exec(text) ?? [];
  const number = Number(share);
  if (path === "" || !(number > 0 && number <= 1))
    fail(`${text}: expected <share>:<model folder or checkpoint>`);
  return { share: number, path };
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { out: { type: "string" }, dtype: { type: "string", default: "F32" } },
});
if (values.out === undefined || positionals.length < 2)
  fail("give --out <folder> and at least two of <share>:<model folder or checkpoint>");
if (!["F32", "F16", "BF16"].includes(values.dtype)) fail(`--dtype ${values.dtype}: one of F32, F16, BF16`);
const parts = positionals.map(parse);
const total = parts.reduce((sum, { share }) => sum + share, 0);
if (Math.abs(total - 1) > 1e-9) fail(`the shares add up to ${total}; they must add up to 1`);

const models = [];
for (const part of parts) models.push({ ...part, ...(await read(part.path)) });
const described = models.find(({ description }) => description !== null);
if (described === undefined) fail("at least one must be a model folder, which describes the network");
const weights = Object.fromEntries(
  Object.entries(described.weights).map(([name, { shape, data }]) => {
    const sum = new Float32Array(data.length);
    for (const { share, path, weights } of models) {
      const found = weights[name];
      if (found === undefined || String(found.shape) !== String(shape))
        fail(`${path}: expected a tensor ${name} with the shape [${shape.join(", ")}]`);
      for (let i = 0; i < sum.length; i++) sum[i] += share * found.data[i];
    }
    return [name, { shape, data: sum }];
  }),
);
right(await saveModel(values.out, described.description, weights, { dtype: values.dtype })());
console.log(`${values.out}: ${positionals.join(" + ")}`);
