import { render } from "preact";
import { App } from "./app.tsx";
import { registerOffline } from "./offline/register.ts";
import { createSession } from "./session/session.ts";
import "./style.css";

const session = createSession(
  () => new Worker(new URL("./upscaling-worker.ts", import.meta.url), { type: "module" }),
);
const root = document.getElementById("app");
if (root !== null) render(<App session={session} />, root);
session.prepare();
registerOffline();
