/** Which model, on what it runs, and the visitor's own files. */
import { nameOfRuntime, RUNTIMES, type RuntimeName } from "../session/runtime-names.ts";
import type { ModelName, ModelState, Settings } from "../session/state.ts";

interface Props {
  readonly settings: Settings;
  readonly model: ModelState;
  readonly choose: (settings: Partial<Settings>) => void;
  readonly emptyCache: () => void;
}

const MODELS: readonly { readonly name: ModelName; readonly title: string; readonly text: string }[] = [
  { name: "small-x4", title: "Sharp", text: "small-x4, 4 MB: for clean photos" },
  {
    name: "tiny-x4",
    title: "Quick and clean",
    text: "tiny-x4, 0.6 MB: for noisy or strongly compressed photos",
  },
  { name: "stack-x4", title: "Clean", text: "stack-x4, 2 MB: as tiny-x4, a little better, slower" },
  { name: "own", title: "Your own file", text: "weights as .pth or .safetensors, read here" },
];

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

const textOf = (model: ModelState): string => {
  switch (model.kind) {
    case "closed":
      return "No model is open.";
    case "opening":
      return model.of === 0
        ? "Opening the model."
        : `Opening the model: ${megabytes(model.received)} of ${megabytes(model.of)}.`;
    case "ready":
      return `${model.ready.name} runs on ${nameOfRuntime(model.ready.runtime)}, ${(model.ready.parameters / 1e6).toFixed(2)} million weights.`;
    case "failed":
      return model.error.message;
  }
};

const WEIGHTS = ".pth,.pt,.ckpt,.safetensors";

const OwnFile = (props: {
  readonly label: string;
  readonly accept: string;
  readonly help: string;
  readonly onFile: (file: File | null) => void;
}) => (
  <label class="file">
    <span>{props.label}</span>
    <input
      type="file"
      accept={props.accept}
      onChange={({ currentTarget }) => props.onFile(currentTarget.files?.[0] ?? null)}
    />
    <small>{props.help}</small>
  </label>
);

export const SettingsPanel = ({ settings, model, choose, emptyCache }: Props) => (
  <section class="settings" aria-labelledby="settings-title">
    <h2 id="settings-title">Model</h2>
    <fieldset class="models">
      <legend class="hidden">Model</legend>
      {MODELS.map(({ name, title, text }) => (
        <label key={name} class="model">
          <input
            type="radio"
            name="model"
            value={name}
            checked={settings.model === name}
            onChange={() => choose({ model: name })}
          />
          <span>
            <strong>{title}</strong>
            <small>{text}</small>
          </span>
        </label>
      ))}
    </fieldset>
    {/* Hidden, not taken away: the files that were chosen are still named when it is shown again. */}
    <div class="own" hidden={settings.model !== "own"}>
      <OwnFile
        label="Network"
        accept={WEIGHTS}
        help="Of Real-ESRGAN's, of the paper's or of this project's kinds."
        onFile={(network) => choose({ network })}
      />
      <OwnFile
        label="Autoencoder"
        accept={WEIGHTS}
        help="Only for a network of the paper's kind."
        onFile={(autoencoder) => choose({ autoencoder })}
      />
      <OwnFile
        label="model.json"
        accept=".json"
        help="Only for a small model that you trained with TAD-SR."
        onFile={(description) => choose({ description })}
      />
    </div>
    <label class="runtime">
      <span>Runs on</span>
      <select
        value={settings.runtime}
        onChange={({ currentTarget }) => choose({ runtime: currentTarget.value as RuntimeName })}
      >
        {RUNTIMES.map(({ name, text }) => (
          <option key={name} value={name}>
            {text}
          </option>
        ))}
      </select>
    </label>
    <p class={model.kind === "failed" ? "model-state bad" : "model-state"}>{textOf(model)}</p>
    <details>
      <summary>Kept on this device</summary>
      <p>Weights are downloaded once and kept, so that the page works without a network.</p>
      <button type="button" onClick={emptyCache}>
        Remove the kept weights
      </button>
    </details>
  </section>
);
