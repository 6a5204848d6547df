/** The page's script, as text. It runs in the browser and holds no data. The page can be read without it. */
export const SCRIPT = `
"use strict";
document.documentElement.classList.add("scripted");
const all = (selector, inside = document) => [...inside.querySelectorAll(selector)];

// Tables: a click on a column's heading sorts by it, better numbers first; a second click reverses the order.
const order = (a, b) => (a > b) - (a < b);
for (const table of all("table.sortable")) {
  const heads = all("thead th", table);
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    const keyOf = (row) => row.cells[column].dataset.value ?? row.cells[column].textContent;
    const isText = column === 0;
    button.addEventListener("click", () => {
      const was = head.getAttribute("aria-sort");
      const descending = was === null ? head.dataset.better === "higher" : was === "ascending";
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", descending ? "descending" : "ascending");
      const rows = [...table.tBodies[0].rows].sort((a, b) => {
        const [left, right] = [keyOf(a), keyOf(b)];
        if (left === "" || right === "") return order(left === "", right === "");
        const sign = descending ? -1 : 1;
        return sign * (isText ? left.localeCompare(right) : order(Number(left), Number(right)));
      });
      table.tBodies[0].append(...rows);
    });
  });
}

// Pictures: all views of one picture share zoom and place. The style reads both from custom properties.
const MOST_ZOOM = 32;
const STEP = 1.5;
const clamp = (value, least, most) => Math.min(Math.max(value, least), most);
const tools = document.querySelector(".tools");
const pictures = all(".picture");
const isOver = () => tools.querySelector("[name=mode]:checked").value === "over";

const makeComparable = (picture) => {
  const views = picture.querySelector(".views");
  const stage = document.getElementById("stage").content.firstElementChild.cloneNode(true);
  views.after(stage);
  const slider = stage.querySelector("input");
  const images = () => all(".view img", picture);
  let [zoom, left, top] = [1, 0, 0];

  const show = () => {
    left = clamp(left, 0, 1 - 1 / zoom);
    top = clamp(top, 0, 1 - 1 / zoom);
    picture.style.setProperty("--zoom", zoom);
    picture.style.setProperty("--left", left);
    picture.style.setProperty("--top", top);
    picture.classList.toggle("zoomed", zoom > 1);
    // The browser smooths pictures that it shrinks. In pictures that it upscales, pixels stay squares: none is made up.
    for (const image of images()) {
      const scale = (image.clientWidth * zoom * devicePixelRatio) / Number(image.getAttribute("width"));
      image.classList.toggle("pixelated", scale > 1);
    }
  };
  /** Keeps the point at x, y in place, as parts of the view's width and height. */
  const zoomAt = (next, x, y) => {
    next = clamp(next, 1, MOST_ZOOM);
    left += x / zoom - x / next;
    top += y / zoom - y / next;
    zoom = next;
    show();
  };
  /** Shows one pixel of the largest view as one pixel of the screen, if the view is not too large for that. */
  const trueSize = () => {
    const [image] = images().filter((each) => each.clientWidth > 0);
    const widths = all(".views img", picture).map((each) => Number(each.getAttribute("width")));
    zoomAt(Math.max(...widths) / (image.clientWidth * devicePixelRatio), 0.5, 0.5);
  };
  const actions = {
    closer: () => zoomAt(zoom * STEP, 0.5, 0.5),
    farther: () => zoomAt(zoom / STEP, 0.5, 0.5),
    true: trueSize,
    fit: () => zoomAt(1, 0.5, 0.5),
  };
  for (const button of all(".bar button", picture))
    button.addEventListener("click", () => actions[button.value]());

  const pan = (x, y) => {
    left += x / zoom;
    top += y / zoom;
    show();
  };
  const keys = {
    "+": actions.closer,
    "=": actions.closer,
    "-": actions.farther,
    0: actions.fit,
    1: actions.true,
    f: () => flick(slider),
  };
  const panKeys = { ArrowLeft: [-0.1, 0], ArrowRight: [0.1, 0], ArrowUp: [0, -0.1], ArrowDown: [0, 0.1] };
  for (const area of [views, stage.querySelector(".view")]) {
    area.tabIndex = 0;
    area.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const move = zoom > 1 ? panKeys[event.key] : undefined;
      const action = move ? () => pan(...move) : keys[event.key.toLowerCase()];
      if (!action) return;
      event.preventDefault();
      action();
    });
  }

  for (const view of all(".view", picture)) {
    // The wheel alone scrolls the page, unless the reader has chosen this picture.
    view.addEventListener(
      "wheel",
      (event) => {
        const chosen = view.contains(document.activeElement) || views.contains(document.activeElement);
        const next = clamp(zoom * Math.exp(-event.deltaY / 300), 1, MOST_ZOOM);
        if (!(chosen || event.ctrlKey) || next === zoom) return;
        event.preventDefault();
        const box = view.getBoundingClientRect();
        zoomAt(next, (event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
      },
      { passive: false },
    );
    let drag = null;
    view.addEventListener("dragstart", (event) => event.preventDefault());
    view.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      drag = { x: event.clientX, y: event.clientY, far: false };
      view.setPointerCapture(event.pointerId);
    });
    view.addEventListener("pointermove", (event) => {
      if (drag === null) return;
      const [x, y] = [drag.x - event.clientX, drag.y - event.clientY];
      if (!drag.far && Math.hypot(x, y) < 4) return;
      drag = { x: event.clientX, y: event.clientY, far: true };
      pan(x / view.clientWidth, y / view.clientHeight);
    });
    view.addEventListener("pointerup", () => {
      if (drag !== null && !drag.far && stage.contains(view)) flick(slider);
      drag = null;
    });
    view.addEventListener("pointercancel", () => {
      drag = null;
    });
  }

  const showSplit = () => {
    const split = Number(slider.value) / 100;
    stage.style.setProperty("--split", split);
    stage.querySelector(".line").hidden = split === 0 || split === 1;
    stage.querySelector(".first").hidden = split === 0;
    stage.querySelector(".second").hidden = split === 1;
  };
  slider.addEventListener("input", showSplit);

  /** Shows pictures side by side, or one over another, as the tools say. */
  const showMode = () => {
    views.hidden = isOver();
    stage.hidden = !isOver();
    for (const which of isOver() ? ["first", "second"] : []) {
      const title = tools.querySelector("[name=" + which + "]").value;
      const source = all("figure", views).find((figure) => figure.dataset.title === title)?.querySelector("img");
      const image = stage.querySelector("img." + which + "-image");
      image.hidden = source === undefined;
      if (source !== undefined) {
        for (const name of ["src", "alt", "width", "height"]) image.setAttribute(name, source.getAttribute(name));
      }
      stage.querySelector(".tag." + which).textContent = source === undefined ? title + ": none" : title;
    }
    showSplit();
    show();
  };
  new ResizeObserver(show).observe(picture);
  showMode();
  return { showMode, showSplit, slider };
};

const comparables = tools === null ? [] : pictures.map(makeComparable);
/** Switches all pictures from the one method to the other. */
const flick = (slider) => {
  if (!isOver()) return;
  const value = slider.value === "100" ? 0 : 100;
  for (const comparable of comparables) {
    comparable.slider.value = value;
    comparable.showSplit();
  }
  tools.querySelector("output").textContent = tools.querySelector(value === 100 ? "[name=first]" : "[name=second]").value;
};
if (tools !== null) {
  for (const part of all(".scripted-only")) part.hidden = false;
  const showAll = () => {
    for (const part of all(".over-only")) part.hidden = !isOver();
    tools.querySelector("output").textContent = "";
    for (const comparable of comparables) comparable.showMode();
  };
  tools.addEventListener("change", showAll);
  tools.querySelector(".flick").addEventListener("click", () => flick(comparables[0].slider));
  showAll();
}
`;
