/** The page's style: light or dark as the reader's system, one column on a phone. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #ffffff; --raised: #f3f4f6; --ink: #1a1d21; --muted: #565d66; --line: #d3d7dc; --accent: #0b57b0;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #15181c; --raised: #20252b; --ink: #e8eaed; --muted: #a3abb5; --line: #3a414a; --accent: #85b8ff;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
}
main { max-width: 100rem; margin: 0 auto; padding: 1.5rem clamp(1rem, 3vw, 3rem) 4rem; }
h1 { margin: 0 0 .75rem; font-size: 1.7rem; line-height: 1.2; overflow-wrap: anywhere; }
h2 { margin: 2.25rem 0 .75rem; font-size: 1.25rem; }
h3 { margin: 0; font-size: 1rem; overflow-wrap: anywhere; }
a { color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }

.facts { display: flex; flex-wrap: wrap; gap: .5rem 2rem; margin: 0; }
.facts dt { color: var(--muted); font-size: .85rem; }
.facts dd { margin: 0; overflow-wrap: anywhere; }
.notes { margin: 1rem 0 0; padding-left: 1.25rem; max-width: 50rem; overflow-wrap: anywhere; }
.about { max-width: 50rem; margin: .75rem 0 0; font-size: .9rem; color: var(--muted); }
.about dt { display: inline; font-weight: 600; color: var(--ink); }
.about dd { display: inline; margin: 0; overflow-wrap: anywhere; }
.about dd::after { content: ""; display: block; }

.scroll {
  position: relative; overflow-x: auto; border: 1px solid var(--line); border-radius: .5rem;
  width: fit-content; max-width: 100%;
}
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .45rem .9rem; text-align: right; white-space: nowrap; }
th:first-child { text-align: left; }
thead th { background: var(--raised); font-weight: 600; vertical-align: bottom; }
tbody tr { border-top: 1px solid var(--line); }
tbody th { font-weight: 500; white-space: normal; min-width: 9rem; overflow-wrap: anywhere; }
tbody th small { display: block; color: var(--muted); font-weight: 400; max-width: 22rem; }
td.best { font-weight: 700; }
tr.originals { color: var(--muted); }
thead button { all: unset; cursor: pointer; }
thead button:focus-visible { outline: 2px solid var(--accent); outline-offset: 4px; }
thead button:hover { text-decoration: underline; }
[aria-sort] button::after { content: " \\25B2"; font-size: .7em; }
[aria-sort="descending"] button::after { content: " \\25BC"; }
details { margin: .5rem 0; }
summary { cursor: pointer; padding: .25rem 0; }
.only-read {
  position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap;
}

.tools {
  position: sticky; top: 0; z-index: 2; display: flex; flex-wrap: wrap; gap: .5rem 1.25rem; align-items: center;
  padding: .6rem 0; background: var(--paper); border-bottom: 1px solid var(--line);
}
fieldset { display: contents; }
legend { float: left; }
button, select {
  font: inherit; color: inherit; background: var(--raised); border: 1px solid var(--line); border-radius: .35rem;
  padding: .2rem .6rem; cursor: pointer; max-width: 100%;
}
select { max-width: 12rem; }
.tools label { display: inline-flex; gap: .4rem; align-items: center; }
.help { color: var(--muted); font-size: .85rem; margin: .6rem 0 0; }

.picture { padding: 1.25rem 0 0; scroll-margin-top: 6rem; }
.bar { display: flex; flex-wrap: wrap; gap: .4rem; align-items: center; margin-bottom: .5rem; }
.bar h3 { margin-right: auto; }
.views { --least: 14rem; display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, var(--least)), 1fr)); gap: .75rem; }
figure { margin: 0; min-width: 0; }
figcaption { font-size: .9rem; padding-top: .25rem; overflow-wrap: anywhere; }
figcaption small { display: block; color: var(--muted); }
.view { position: relative; overflow: hidden; background: var(--raised); border-radius: .25rem; }
.view img {
  display: block; width: 100%; height: 100%; transform-origin: 0 0; user-select: none;
  transform:
    translate(calc(var(--left, 0) * var(--zoom, 1) * -100%), calc(var(--top, 0) * var(--zoom, 1) * -100%))
    scale(var(--zoom, 1));
}
.view img.pixelated { image-rendering: pixelated; }
.scripted .view { cursor: grab; touch-action: pan-y; }
.scripted .zoomed .view { touch-action: none; }

.stage .view { max-width: calc(80vh * var(--shape)); margin: 0 auto; }
.stage .over { position: absolute; inset: 0; clip-path: inset(0 0 0 calc(var(--split) * 100%)); }
.stage .line {
  position: absolute; top: 0; bottom: 0; left: calc(var(--split) * 100%); width: 2px; margin-left: -1px;
  background: #fff; box-shadow: 0 0 2px #000; pointer-events: none;
}
.stage .tag {
  position: absolute; bottom: .5rem; padding: .1rem .5rem; border-radius: .25rem; font-size: .85rem;
  color: #fff; background: rgb(0 0 0 / .7); pointer-events: none; max-width: 45%; overflow-wrap: anywhere;
}
.stage .first { left: .5rem; }
.stage .second { right: .5rem; }
.stage input { display: block; width: 100%; max-width: calc(80vh * var(--shape)); margin: .5rem auto 0; }
@media (max-width: 30rem) {
  th, td { padding: .4rem .6rem; }
  tbody th { min-width: 7rem; }
  .tools { position: static; }
  .views { --least: 9rem; }
}
`;
