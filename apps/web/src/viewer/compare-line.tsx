/** The line between before and after: a slider, moved by mouse, touch or keys. */
import { useRef } from "preact/hooks";

interface Props {
  /** From 0, where only the result is seen, to 1. */
  readonly split: number;
  readonly onSplit: (split: number) => void;
}

const STEP = 0.02;

const afterKey = (split: number, key: string): number | null => {
  switch (key) {
    case "ArrowLeft":
    case "ArrowDown":
      return split - STEP;
    case "ArrowRight":
    case "ArrowUp":
      return split + STEP;
    case "Home":
      return 0;
    case "End":
      return 1;
    default:
      return null;
  }
};

const bounded = (value: number): number => Math.min(1, Math.max(0, value));

export const CompareLine = ({ split, onSplit }: Props) => {
  const line = useRef<HTMLDivElement>(null);
  const percent = Math.round(100 * split);
  const follow = (event: PointerEvent): void => {
    const box = line.current?.parentElement?.getBoundingClientRect();
    if (box !== undefined && event.buttons !== 0) onSplit(bounded((event.clientX - box.left) / box.width));
  };
  return (
    <>
      <span class="side before">Before</span>
      <span class="side after">After</span>
      <div
        ref={line}
        class="line"
        style={{ left: `${100 * split}%` }}
        role="slider"
        tabIndex={0}
        aria-label="Line between before and after"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
        aria-valuetext={`${percent} % before, ${100 - percent} % after`}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          follow(event);
        }}
        onPointerMove={follow}
        onKeyDown={(event) => {
          const next = afterKey(split, event.key);
          if (next === null) return;
          event.preventDefault();
          onSplit(bounded(next));
        }}
      >
        <span class="grip" aria-hidden="true">
          ‹ ›
        </span>
      </div>
    </>
  );
};
