// Elements made in one line each. Text is only ever text: nothing here parses HTML.

const SVG = "http://www.w3.org/2000/svg";

/** An element: `make("p.note", {id: "x"}, "text", child)`; `on…` members are listeners. */
export function make(kind, members = {}, ...children) {
  const [tag, ...classes] = kind.split(".");
  const element = document.createElement(tag || "div");
  if (classes.length > 0) element.className = classes.join(" ");
  for (const [name, value] of Object.entries(members)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

const PATHS = {
  good: ["m5 12.5 4.5 4.5L19 7.5"],
  bad: ["M6 6l12 12", "M18 6 6 18"],
  unknown: ["M9 9a3 3 0 1 1 4.6 2.6c-1 .6-1.6 1.3-1.6 2.6", "M12 18v.01"],
  remark: ["M12 5.5v8", "M12 18v.01"],
  scan: ["M4 8V5.5A1.5 1.5 0 0 1 5.5 4H8", "M16 4h2.500A1.5 1.5 0 0 1 20 5.500V8", "M20 16v2.500A1.5 1.5 0 0 1 18.5 20H16", "M8 20H5.500A1.5 1.5 0 0 1 4 18.500V16", "M7.5 12h9"],
  picture: ["M5 4h14v16H5z", "m5 16 4-4 3.5 3.500L15.5 12l3.5 3.5", "M9 8.500v.01"],
  paste: ["M8 5H6v15h12V5h-2", "M9 3.500h6V7H9z"],
  close: ["M6 6l12 12", "M18 6 6 18"],
  update: ["M19.5 12a7.5 7.5 0 1 1-2.2-5.300L19.5 9", "M19.5 4.500V9H15"],
  lock: ["M6.5 11h11v8.500h-11z", "M8.5 11V8a3.5 3.5 0 0 1 7 0v3"],
  next: ["m9 6 6 6-6 6"],
};

/** One of our own line drawings, 24 by 24. */
export function icon(name, size = 24) {
  const drawing = document.createElementNS(SVG, "svg");
  for (const [key, value] of Object.entries({ viewBox: "0 0 24 24", width: size, height: size, "aria-hidden": "true", class: "icon" })) {
    drawing.setAttribute(key, value);
  }
  for (const line of PATHS[name]) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", line);
    drawing.append(path);
  }
  return drawing;
}

/** A ring that fills: 1 is whole. */
export function ring() {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("viewBox", "0 0 100 100");
  drawing.setAttribute("class", "ring");
  for (const name of ["track", "done"]) {
    const circle = document.createElementNS(SVG, "circle");
    for (const [key, value] of Object.entries({ cx: 50, cy: 50, r: 44, pathLength: 100, class: name })) circle.setAttribute(key, value);
    drawing.append(circle);
  }
  return drawing;
}
