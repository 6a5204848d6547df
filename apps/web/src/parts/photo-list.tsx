/** The photos, if there are several. */
import type { Session } from "../session/session.ts";
import type { Item, Progress } from "../session/state.ts";

interface Props {
  readonly session: Session;
  readonly items: readonly Item[];
  readonly selected: number | null;
}

const shortText = (progress: Progress): string => {
  switch (progress.kind) {
    case "waiting":
      return "waits";
    case "working":
      return progress.total === 0 ? "begins" : `${Math.floor((100 * progress.done) / progress.total)} %`;
    case "done":
      return "done";
    case "failed":
      return "failed";
    case "stopped":
      return "stopped";
  }
};

export const PhotoList = ({ session, items, selected }: Props) => (
  <nav class="photos" aria-label="Photos">
    <ul>
      {items.map(({ id, file, progress }) => (
        <li key={id} class={id === selected ? "selected" : ""}>
          <button
            type="button"
            class="pick"
            aria-current={id === selected ? "true" : "false"}
            onClick={() => session.select(id)}
          >
            <span class="name">{file.name}</span>
            <span class={`state ${progress.kind}`}>{shortText(progress)}</span>
          </button>
          <button
            type="button"
            class="remove"
            aria-label={`Remove ${file.name}`}
            onClick={() => session.remove(id)}
          >
            ×
          </button>
        </li>
      ))}
    </ul>
  </nav>
);
