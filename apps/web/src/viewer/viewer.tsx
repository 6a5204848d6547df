/** The picture before and after, with the line between them. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { Session } from "../session/session.ts";
import type { Item } from "../session/state.ts";
import { CompareLine } from "./compare-line.tsx";
import { listenForGestures } from "./gestures.ts";
import { createStage, type Stage } from "./stage.ts";

interface Props {
  readonly session: Session;
  readonly item: Item;
}

const HELP = "Arrow keys move the picture, plus and minus zoom, 0 shows all of it, 1 shows its own size.";

export const Viewer = ({ session, item }: Props) => {
  const surface = useRef<HTMLDivElement>(null);
  const before = useRef<HTMLCanvasElement>(null);
  const after = useRef<HTMLCanvasElement>(null);
  const stage = useRef<Stage | null>(null);
  const [split, setSplit] = useState(0.5);
  const [scale, setScale] = useState(1);

  useEffect(() => {
    const [lower, upper] = [before.current, after.current];
    if (surface.current === null || lower === null || upper === null) return;
    const made = createStage({ before: lower, after: upper }, setScale);
    stage.current = made;
    const endGestures = listenForGestures(surface.current, made);
    const observer = new ResizeObserver(() => made.resize());
    observer.observe(upper);
    return () => {
      observer.disconnect();
      endGestures();
      made.dispose();
    };
  }, []);

  const { id, sizes, progress } = item;
  const hasPicture = session.pictureFor(id) !== null;
  useEffect(() => {
    const preview = session.previewFor(id);
    stage.current?.show(
      sizes === null || preview === null ? null : { id, sizes, preview, picture: session.pictureFor(id) },
    );
  }, [session, id, sizes, progress.kind, hasPicture]);
  useEffect(
    () => session.onPixels((changed, part) => changed === id && stage.current?.refresh(part)),
    [session, id],
  );

  return (
    <section class="viewer" aria-label="Comparison">
      <div
        ref={surface}
        class="stage"
        role="application"
        aria-label={`${item.file.name}, before and after. ${HELP}`}
      >
        <canvas ref={before} />
        <canvas ref={after} style={{ clipPath: `inset(0 0 0 ${100 * split}%)` }} />
        {sizes === null ? null : <CompareLine split={split} onSplit={setSplit} />}
      </div>
      <fieldset class="zoom" aria-label="Zoom">
        <button type="button" aria-label="Zoom out" onClick={() => stage.current?.zoom(1 / 1.5)}>
          −
        </button>
        <button type="button" aria-label="Zoom in" onClick={() => stage.current?.zoom(1.5)}>
          +
        </button>
        <button type="button" onClick={() => stage.current?.fit()}>
          Fit
        </button>
        <button type="button" onClick={() => stage.current?.actualSize()}>
          1:1
        </button>
        <span class="scale">{sizes === null ? "" : `${Math.round(100 * scale)} %`}</span>
      </fieldset>
    </section>
  );
};
