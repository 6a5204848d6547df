/** How far the selected photo is, and its result as a file. */
import type { PictureFormat } from "@tadsr/metadata";
import { limitOfFormat } from "@tadsr/runtime-web/worker";
import { nameOfRuntime } from "../session/runtime-names.ts";
import type { Session } from "../session/session.ts";
import type { Item } from "../session/state.ts";

interface Props {
  readonly session: Session;
  readonly item: Item;
  readonly saving: string | null;
}

const FORMATS: readonly { readonly format: PictureFormat; readonly text: string }[] = [
  { format: "png", text: "PNG" },
  { format: "jpeg", text: "JPEG" },
  { format: "webp", text: "WebP" },
];

const sizesText = ({ sizes }: Item): string =>
  sizes === null
    ? ""
    : `${sizes.before.width} × ${sizes.before.height} becomes ${sizes.after.width} × ${sizes.after.height} pixels`;

/** Why the format cannot be written; null if it can be. */
const obstacle = ({ progress }: Item, format: PictureFormat): string | null => {
  if (progress.kind !== "done" || format === "png") return null;
  if (progress.room === "file") return "only PNG, to save memory";
  return limitOfFormat(progress.made, format);
};

const SaveButtons = ({ session, item, saving }: Props) => (
  <fieldset class="save">
    <legend>Save as</legend>
    {FORMATS.map(({ format, text }) => {
      const why = obstacle(item, format);
      return (
        <span key={format}>
          <button
            type="button"
            class={format === "png" ? "main" : ""}
            disabled={why !== null || saving !== null}
            onClick={() => void session.save(item.id, format)}
          >
            {saving === format ? "Writing…" : text}
          </button>
          {why === null ? null : <small>{why}</small>}
        </span>
      );
    })}
  </fieldset>
);

const Progress = ({ session, item }: Omit<Props, "saving">) => {
  const { id, progress } = item;
  const again = (
    <button type="button" onClick={() => session.again(id)}>
      Try again
    </button>
  );
  switch (progress.kind) {
    case "waiting":
      return <p>Waits for its turn, or for a model.</p>;
    case "working": {
      const { done, total } = progress;
      return (
        <>
          <progress aria-label="Tiles" {...(total === 0 ? {} : { max: total, value: done })} />
          <p>{total === 0 ? "Getting ready." : `${done} of ${total} tiles`}</p>
          <button type="button" onClick={() => session.stop(id)}>
            Cancel
          </button>
        </>
      );
    }
    case "done": {
      const { model, runtime, time } = progress.made;
      return <p>{`Made by ${model} on ${nameOfRuntime(runtime)} in ${(time / 1000).toFixed(1)} seconds.`}</p>;
    }
    case "failed":
      return (
        <>
          <p class="bad">{progress.error.message}</p>
          {again}
        </>
      );
    case "stopped":
      return (
        <>
          <p>Stopped.</p>
          {again}
        </>
      );
  }
};

export const ResultPanel = (props: Props) => (
  <section class="result" aria-labelledby="result-title">
    <div class="title">
      <h2 id="result-title">{props.item.file.name}</h2>
      <button
        type="button"
        class="remove"
        aria-label={`Remove ${props.item.file.name}`}
        onClick={() => props.session.remove(props.item.id)}
      >
        ×
      </button>
    </div>
    <p class="sizes">{sizesText(props.item)}</p>
    <Progress {...props} />
    {props.item.progress.kind === "done" ? <SaveButtons {...props} /> : null}
  </section>
);
