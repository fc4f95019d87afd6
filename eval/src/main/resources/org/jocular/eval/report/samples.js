"use strict";
// Whatever models and data say is put into the page by textContent, so that none of it is taken for markup.
const PER_PAGE = 20;
const $ = id => document.getElementById(id);
const tasks = [...document.querySelectorAll("script.samples")];
let samples = [];
let about = {};
let hits = [];
let page = 0;

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function option(value, text) {
  const made = element("option", "", text);
  made.value = value;
  return made;
}

function outcome(sample) {
  if ("failed" in sample) return "failed";
  return sample.correct === true ? "right" : sample.correct === false ? "wrong" : "answered";
}

function number(value) {
  return Number.isInteger(value) ? String(value) : value.toFixed(4);
}

function load() {
  about = JSON.parse(tasks[Number($("task").value)].textContent);
  samples = about.samples;
  for (const sample of samples) {
    sample.words = [sample.id, sample.question, sample.answer, sample.reading, sample.target, sample.failed, sample.review]
      .filter(Boolean).join("\n").toLowerCase();
  }
  const categories = [...new Set(samples.map(sample => sample.category).filter(Boolean))].sort();
  $("category").replaceChildren(option("", "all"), ...categories.map(name => option(name, name)));
  $("category").disabled = categories.length === 0;
  for (const choice of $("outcome").options) {
    choice.disabled = (choice.value === "wrong" || choice.value === "right") && !about.marked;
  }
  if ($("outcome").selectedOptions[0].disabled) $("outcome").value = "all";
  filter();
}

function filter() {
  const wanted = $("outcome").value;
  const category = $("category").value;
  const words = $("words").value.trim().toLowerCase();
  hits = samples.filter(sample =>
    (wanted === "all" || outcome(sample) === wanted) &&
    (!category || sample.category === category) &&
    (!words || sample.words.includes(words)));
  page = 0;
  show();
}

function show() {
  const pages = Math.max(1, Math.ceil(hits.length / PER_PAGE));
  const held = samples.length < about.asked
    ? `this page holds ${samples.length.toLocaleString("en")} of ${about.asked.toLocaleString("en")} questions, up to two in three of them wrong or failed; all are in ${about.log}`
    : `all ${about.asked.toLocaleString("en")} questions are here`;
  const judge = about.judge ? ` · ${about.judge}` : "";
  $("count").textContent = `${hits.length.toLocaleString("en")} found; ${held}${judge}`;
  $("page").textContent = `${page + 1} / ${pages}`;
  $("previous").disabled = page === 0;
  $("next").disabled = page >= pages - 1;
  $("list").replaceChildren(...hits.slice(page * PER_PAGE, (page + 1) * PER_PAGE).map(card));
}

function picture(sample) {
  const figure = element("figure");
  if (sample.name === undefined) {
    figure.append(element("div", "none", "no picture"));
    return figure;
  }
  if (sample.picture < 0) {
    figure.append(element("div", "none", "the picture could not be read"));
  } else {
    const image = element("img");
    image.alt = "The picture of this question, " + sample.name;
    image.src = "data:image/jpeg;base64," + $("picture-" + sample.picture).textContent;
    figure.append(image);
  }
  figure.append(element("figcaption", "", sample.name));
  return figure;
}

function entries(sample) {
  const list = element("dl");
  const add = (term, text) => {
    if (text !== undefined && text !== null) list.append(element("dt", "", term), element("dd", "", text));
  };
  add("Failed", sample.failed);
  add("Answer", sample.answer);
  if (sample.reading !== sample.answer) add("Read as", sample.reading);
  add("Reference", sample.target);
  if (sample.ranked) add("Log-likelihoods", sample.ranked.map(([words, value]) => `${words}  ${value.toFixed(3)}`).join("\n"));
  for (const [name, value] of Object.entries(sample.columns || {})) {
    if (name !== "correct") add(name, number(value));
  }
  add("Judge", sample.review);
  return list;
}

function card(sample) {
  const how = outcome(sample);
  const made = element("article", "sample " + how);
  made.append(picture(sample));
  const body = element("div");
  const head = element("div", "head");
  head.append(element("span", "mark", how), element("span", "", "id " + sample.id));
  if (sample.category) head.append(element("span", "", "· " + sample.category));
  const prompt = element("details");
  prompt.append(element("summary", "", "Whole prompt"), element("pre", "", sample.prompt));
  body.append(head, element("p", "question", sample.question), entries(sample), prompt);
  made.append(body);
  return made;
}

function turn(by) {
  page += by;
  show();
  $("filters").scrollIntoView({ block: "start" });
}

if (tasks.length > 0) {
  tasks.forEach((script, i) => $("task").append(option(i, script.dataset.task)));
  $("task").addEventListener("change", load);
  for (const id of ["outcome", "category"]) $(id).addEventListener("change", filter);
  $("words").addEventListener("input", filter);
  $("filters").addEventListener("submit", event => event.preventDefault());
  $("previous").addEventListener("click", () => turn(-1));
  $("next").addEventListener("click", () => turn(1));
  load();
}
