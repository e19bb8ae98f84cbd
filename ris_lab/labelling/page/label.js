// SPDX-License-Identifier: Apache-2.0
'use strict';
// What is shown: all pictures, the number of the one in view, its saved labels with their version,
// the outlines that can be clicked, and the box and the point that are being chosen.
let overview = null;
let number = 0;
let labels = {expressions: [], version: ''};
let outlines = [];
let box = null;
let point = null;
let isDragged = false;
let dragStart = null;
let isSaving = false;

const byId = (id) => document.getElementById(id);
const NEAR = 4;  // Screen pixels within which a drag is a click.

async function ask(path, options) {
  const reply = await fetch(path, options);
  const value = await reply.json();
  if (!reply.ok) throw Object.assign(new Error(value.error), {conflict: reply.status === 409});
  return value;
}

function tell(text, isBad = false) {
  byId('message').textContent = text;
  byId('message').classList.toggle('bad', isBad);
}

async function show(next) {
  number = Math.max(0, Math.min(next, overview.pictures.length - 1));
  letGo();
  outlines = [];
  tell('');
  const shown = number;
  byId('picture').src = `picture/${shown}`;
  labels = {expressions: [], version: ''};
  await renew(shown);
  draw();
  byId('text').focus();
  if (overview.outlines) await showOutlines(shown);
}

async function showOutlines(shown) {
  try {
    const found = await ask(`outlines/${shown}`);
    if (shown !== number) return;  // The person has gone on meanwhile.
    outlines = found;
    draw();
  } catch (error) {
    tell(`No outlines: ${error.message} Drag a box instead.`, true);
  }
}

function letGo() {
  box = null;
  point = null;
  dragStart = null;
}

function make(name, attributes) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

function rectangle([x0, y0, x1, y1], kind) {
  return make('rect', {x: x0, y: y0, width: x1 - x0, height: y1 - y0, class: kind,
                       'vector-effect': 'non-scaling-stroke'});
}

function dot([u, v], kind) {
  return make('circle', {cx: u + .5, cy: v + .5, r: overview.pictures[number].width / 160,
                         class: kind});
}

function draw() {
  const {name, width, height} = overview.pictures[number];
  const overlay = byId('overlay');
  overlay.setAttribute('viewBox', `0 0 ${width} ${height}`);
  overlay.replaceChildren();
  for (const outline of outlines) {
    const shape = make('polygon', {points: outline.polygon.map((corner) => corner.join()).join(' '),
                                   class: 'outline', 'vector-effect': 'non-scaling-stroke'});
    shape.outline = outline;
    overlay.append(shape);
  }
  for (const label of labels.expressions) {
    if (label.box) overlay.append(rectangle(label.box, 'saved'));
    if (label.visible_point) overlay.append(dot(label.visible_point, 'point old'));
  }
  if (box) overlay.append(rectangle(box, 'box'));
  if (point) overlay.append(dot(point, 'point'));
  fit();
  byId('place').textContent = `${name} (${number + 1} of ${overview.pictures.length})`;
  byId('text').classList.toggle('ready', box !== null);
  const {tally, needed} = overview;
  byId('tally').textContent = `${tally.targets} commands with a target, ${tally.absent} without; ` +
    `ris calibrate needs ${needed.targets} and ${needed.absent}`;
  list();
}

// The picture keeps its shape within the room that it has; the overlay lies exactly over it.
function fit() {
  const {width, height} = overview.pictures[number];
  const room = byId('picture').getBoundingClientRect();
  const scale = Math.min(room.width / width, room.height / height);
  byId('overlay').setAttribute('width', width * scale);
  byId('overlay').setAttribute('height', height * scale);
}

function list() {
  byId('list').replaceChildren(...labels.expressions.map((label, place) => {
    const item = document.createElement('li');
    item.classList.toggle('absent', label.box === null);
    const text = document.createElement('span');
    text.textContent = label.text;
    const remove = document.createElement('button');
    remove.textContent = 'remove';
    remove.addEventListener('click', () => store(
      labels.expressions.filter((_, other) => other !== place), `Removed: ${label.text}`));
    item.append(text, remove);
    return item;
  }));
}

function pixelAt(event) {
  const room = byId('overlay').getBoundingClientRect();
  const {width, height} = overview.pictures[number];
  const within = (value, length) => Math.max(0, Math.min(Math.floor(value), length - 1));
  return [within((event.clientX - room.left) / room.width * width, width),
          within((event.clientY - room.top) / room.height * height, height)];
}

function spanned([u0, v0], [u1, v1]) {
  return [Math.min(u0, u1), Math.min(v0, v1), Math.max(u0, u1) + 1, Math.max(v0, v1) + 1];
}

function isDrag(event) {
  return dragStart && Math.hypot(event.clientX - dragStart.x, event.clientY - dragStart.y) > NEAR;
}

// Larger outlines are drawn first, so the smallest one is on top.
function outlinesAt(event) {
  return document.elementsFromPoint(event.clientX, event.clientY)
    .map((element) => element.outline).filter(Boolean);
}

function isInside([u, v], [x0, y0, x1, y1]) {
  return x0 <= u && u < x1 && y0 <= v && v < y1;
}

function press(event) {
  if (event.button !== 0) return;
  event.preventDefault();
  dragStart = {x: event.clientX, y: event.clientY, pixel: pixelAt(event)};
}

function move(event) {
  if (!isDrag(event)) return;
  box = spanned(dragStart.pixel, pixelAt(event));
  point = null;
  isDragged = true;
  draw();
}

function release(event) {
  if (!dragStart) return;
  if (!isDrag(event)) click(dragStart.pixel, outlinesAt(event));
  dragStart = null;
  byId('text').focus();
  draw();
}

// Within a box that was dragged, a click sets the point, whatever outlines lie there. Else it takes
// the smallest outline there, and when that is chosen already, the next larger one.
function click(pixel, found) {
  const outline = found[(found.findIndex((one) => one.box === box) + 1) % found.length];
  if (box && (isDragged || !outline) && isInside(pixel, box)) {
    point = pixel;
  } else if (outline) {
    box = outline.box;
    point = [Math.max(box[0], Math.min(pixel[0], box[2] - 1)),
             Math.max(box[1], Math.min(pixel[1], box[3] - 1))];
    isDragged = false;
  }
}

async function store(expressions, told) {
  if (isSaving) return false;
  isSaving = true;
  const shown = number;
  try {
    const saved = await ask(`labels/${shown}`, {
      method: 'PUT', headers: {'Content-Type': 'application/json'},
      body: JSON.stringify({expressions, version: labels.version})});
    overview.tally = saved.tally;
    await renew(shown);
    tell(told);
    return true;
  } catch (error) {
    tell(error.message, true);
    if (error.conflict) await renew(shown);
    return false;
  } finally {
    isSaving = false;
    draw();
  }
}

async function renew(shown) {
  const found = await ask(`labels/${shown}`);
  if (shown === number) labels = found;  // The person may have gone on meanwhile.
}

async function save(isAbsent) {
  const text = byId('text').value.trim();
  if (!text) return tell('Type the command first.', true);
  if (!isAbsent && !box) return tell('Click an outline or drag a box first.', true);
  const label = isAbsent ? {text, box: null} : {text, box, ...(point && {visible_point: point})};
  if (await store([...labels.expressions, label], `Saved: ${text}`)) {
    byId('text').value = '';
    letGo();
    draw();
  }
}

function pressKey(event) {
  if (event.key === 'PageDown') show(number + 1);
  else if (event.key === 'PageUp') show(number - 1);
  else if (event.key === 'Escape') { letGo(); draw(); }
  else if (event.key === 'Enter' && event.ctrlKey) save(true);
  else return;
  event.preventDefault();
}

async function start() {
  overview = await ask('pictures');
  document.title = `ris label: ${overview.folder}`;
  const stage = byId('stage');
  stage.addEventListener('mousedown', press);
  window.addEventListener('mousemove', move);
  window.addEventListener('mouseup', release);
  window.addEventListener('keydown', pressKey);
  window.addEventListener('resize', fit);
  byId('picture').addEventListener('load', fit);
  byId('back').addEventListener('click', () => show(number - 1));
  byId('on').addEventListener('click', () => show(number + 1));
  byId('absent').addEventListener('click', () => save(true));
  byId('entry').addEventListener('submit', (event) => { event.preventDefault(); save(false); });
  const first = overview.pictures.findIndex((picture) => picture.labels === 0);
  await show(Math.max(first, 0));
}

start().catch((error) => tell(error.message, true));
