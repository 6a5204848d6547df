/** The least page that upscales a photo, in a worker. `npx vite examples/browser` starts it. */
import description from "@tadsr/model/models/tiny-x4/model.json?url";
import weights from "@tadsr/model/models/tiny-x4/model.safetensors?url";
import { openInWorker } from "@tadsr/runtime-web/worker";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";

const input = document.querySelector("input") as HTMLInputElement;
const link = document.querySelector("a") as HTMLAnchorElement;
const tell = (text: string): void => {
  (document.querySelector("output") as HTMLOutputElement).value = text;
};
const fileAt = async (address: string) => new File([await (await fetch(address)).blob()], address);

input.addEventListener("change", async () => {
  const photo = input.files?.[0];
  if (photo === undefined) return;
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  const files = { description: await fileAt(description), network: await fileAt(weights) };
  const onProgress = (done: number, total: number) => tell(`${done} of ${total} tiles`);
  const work = pipe(
    openInWorker(worker, { runtime: "auto", model: { kind: "files", ...files } }),
    TE.chain(({ upscale }) => upscale(photo, { onProgress })),
    TE.bindTo("larger"),
    TE.bind("file", ({ larger }) => larger.save("png")),
    TE.match(
      ({ message }) => tell(message),
      ({ larger, file }) => {
        link.href = URL.createObjectURL(file);
        link.hidden = false;
        tell(`${larger.width} x ${larger.height}, made on ${larger.runtime}`);
      },
    ),
  );
  await work();
  worker.terminate();
});
