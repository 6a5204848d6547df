/** The whole page. */
import { useCallback, useEffect, useState } from "preact/hooks";
import { ChoosePhotos, useDroppedFiles, Welcome } from "./parts/choose-photos.tsx";
import { PhotoList } from "./parts/photo-list.tsx";
import { ResultPanel } from "./parts/result-panel.tsx";
import { SettingsPanel } from "./parts/settings-panel.tsx";
import type { Session } from "./session/session.ts";
import { itemOf, type State } from "./session/state.ts";
import { Viewer } from "./viewer/viewer.tsx";

const useSession = (session: Session): State => {
  const [state, setState] = useState(session.state());
  useEffect(() => session.subscribe(() => setState(session.state())), [session]);
  return state;
};

export const App = ({ session }: { readonly session: Session }) => {
  const state = useSession(session);
  const add = useCallback((files: readonly File[]) => session.add(files), [session]);
  const { isOver } = useDroppedFiles(add);
  const item = itemOf(state, state.selected);
  return (
    <>
      <header>
        <h1>TAD-SR</h1>
        <p>Photos four times larger, made on your own device</p>
        {item === null ? null : <ChoosePhotos onFiles={add} label="Add photos" isMain={false} />}
      </header>
      <main class={isOver ? "over" : ""}>
        {item === null ? (
          <Welcome onFiles={add} isOver={isOver} />
        ) : (
          <Viewer key={item.id} session={session} item={item} />
        )}
        <aside aria-label="Photo and model">
          {item === null ? null : <ResultPanel session={session} item={item} saving={state.saving} />}
          {state.items.length < 2 ? null : (
            <PhotoList session={session} items={state.items} selected={state.selected} />
          )}
          <SettingsPanel
            settings={state.settings}
            model={state.model}
            choose={session.choose}
            emptyCache={() => void session.emptyCache()}
          />
        </aside>
      </main>
      <p class="notice" role="status">
        {state.notice}
      </p>
    </>
  );
};
