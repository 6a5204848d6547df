/** The ways in which photos come: chosen, dropped or pasted. */
import { useEffect, useRef, useState } from "preact/hooks";

interface Props {
  readonly onFiles: (files: readonly File[]) => void;
}

const filesOf = (data: DataTransfer | null): readonly File[] => [...(data?.files ?? [])];

/** Anywhere on the page. `isOver` tells that a file is held above it. */
export const useDroppedFiles = (onFiles: Props["onFiles"]): { readonly isOver: boolean } => {
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const end = new AbortController();
    const { signal } = end;
    const take = (event: Event, data: DataTransfer | null): void => {
      const files = filesOf(data);
      if (files.length === 0) return;
      event.preventDefault();
      onFiles(files);
    };
    document.addEventListener("paste", (event) => take(event, event.clipboardData), { signal });
    document.addEventListener(
      "dragover",
      (event) => {
        event.preventDefault();
        setOver(true);
      },
      { signal },
    );
    document.addEventListener("dragleave", (event) => event.relatedTarget === null && setOver(false), {
      signal,
    });
    document.addEventListener(
      "drop",
      (event) => {
        event.preventDefault();
        setOver(false);
        take(event, event.dataTransfer);
      },
      { signal },
    );
    return () => end.abort();
  }, [onFiles]);
  return { isOver };
};

/** A button that opens the system's own dialog. */
export const ChoosePhotos = ({
  onFiles,
  label,
  isMain = true,
}: Props & { readonly label: string; readonly isMain?: boolean }) => {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        class="hidden"
        type="file"
        accept="image/*"
        multiple
        aria-label="Photo files"
        tabIndex={-1}
        onChange={({ currentTarget }) => {
          onFiles([...(currentTarget.files ?? [])]);
          // The same file may be chosen again.
          currentTarget.value = "";
        }}
      />
      <button type="button" class={isMain ? "main" : ""} onClick={() => input.current?.click()}>
        {label}
      </button>
    </>
  );
};

/** What is seen before there is a photo. */
export const Welcome = ({ onFiles, isOver }: Props & { readonly isOver: boolean }) => (
  <section class={isOver ? "welcome over" : "welcome"} aria-label="Choose photos">
    <svg viewBox="0 0 120 120" aria-hidden="true">
      <rect x="14" y="14" width="92" height="92" rx="9" class="frame" />
      <rect x="14" y="76" width="30" height="30" rx="6" class="small" />
      <path d="M56 64 L82 38 M61 38 H82 V59" class="arrow" />
    </svg>
    <h2>Upscale a photo four times</h2>
    <p>Drop photos here, paste one, or choose them.</p>
    <ChoosePhotos onFiles={onFiles} label="Choose photos" />
    <p class="promise">
      Your photos stay on this device. All the work is done here, and nothing is uploaded.
    </p>
  </section>
);
