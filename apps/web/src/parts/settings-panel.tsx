/** Which model, on what it runs, and the visitor's own files. */
import type { ModelName, ModelState, RuntimeName, Settings } from "../session/state.ts";

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

const RUNTIMES: readonly { readonly name: RuntimeName; readonly text: string }[] = [
  { name: "auto", text: "Automatic" },
  { name: "onnx-webgpu", text: "Graphics card (ONNX Runtime)" },
  { name: "webgpu", text: "Graphics card (TensorFlow.js)" },
  { name: "onnx-wasm", text: "Processor (WebAssembly)" },
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
      return `${model.ready.name} runs on ${model.ready.runtime}, ${(model.ready.parameters / 1e6).toFixed(2)} million weights.`;
    case "failed":
      return model.error.message;
  }
};

const Weights = (props: {
  readonly label: string;
  readonly help: string;
  readonly onFile: (file: File | null) => void;
}) => (
  <label class="file">
    <span>{props.label}</span>
    <input
      type="file"
      accept=".pth,.pt,.ckpt,.safetensors"
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
    {settings.model === "own" ? (
      <div class="own">
        <Weights
          label="Network"
          help="Of Real-ESRGAN's or of the paper's kind."
          onFile={(network) => choose({ network })}
        />
        <Weights
          label="Autoencoder"
          help="Only for a network of the paper's kind."
          onFile={(autoencoder) => choose({ autoencoder })}
        />
      </div>
    ) : null}
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
