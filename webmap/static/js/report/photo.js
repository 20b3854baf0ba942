// The question of photos with scripts: each photo is shrunk here, so that little is sent and nothing but its
// pixels, and sent at once, with how far it has come. Without scripts the form itself sends the files.
const LONGEST_PX = 1600;
const QUALITY = 0.82;

const form = document.querySelector("[data-photos]");
let isSending = false;
let isToGoOn = false;

const field = () => form.querySelector("input[type=file]");
const part = (name, within = document) => within.querySelector(`[data-swap="${name}"]`);

const complain = (sentences) => {
  const lines = sentences.map((sentence) => {
    const line = form.querySelector("[data-problem-line]").content.cloneNode(true);
    line.querySelector("[data-problem-words]").textContent = sentence;
    return line;
  });
  part("problem-photo").replaceChildren(...lines);
  field()?.toggleAttribute("aria-invalid", lines.length > 0);
  if (lines.length) tell(sentences.join(" "));
};

const tell = (words) => {
  form.querySelector("[data-photo-status]").textContent = words;
};

const show = (n, of, share) => {
  const place = form.querySelector("[data-progress]");
  place.hidden = n === 0;
  const words = form.dataset.sending.replace("{n}", n).replace("{of}", of);
  const label = place.querySelector("[data-progress-words]");
  if (label.textContent !== words) label.textContent = words;
  place.querySelector("progress").value = Math.round(100 * share);
};

const shrunk = async (file) => {
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  const share = Math.min(1, LONGEST_PX / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * share));
  canvas.height = Math.max(1, Math.round(bitmap.height * share));
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.imageSmoothingQuality = "high";
  pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
  if (!blob) throw new Error("no picture");
  return blob;
};

const sent = (said, onProgress) =>
  new Promise((done, lost) => {
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.responseType = "document";
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    request.onload = () => {
      const page = request.response;
      page && part("photos", page) ? done(page) : lost(new Error(`status ${request.status}`));
    };
    request.onerror = request.ontimeout = () => lost(new Error("no answer"));
    request.timeout = 120_000;
    request.send(said);
  });

const swap = (page) => {
  for (const name of ["photos", "photo-field"]) part(name).replaceWith(document.importNode(part(name, page), true));
};

const problemsOf = (page) => [...part("problem-photo", page).querySelectorAll(".msg-err")];

const sendOne = async (file, n, of) => {
  let blob;
  try {
    blob = await shrunk(file);
  } catch {
    const isHeic = /hei[cf]/i.test(file.type) || /\.hei[cf]$/i.test(file.name);
    return `${file.name}: ${isHeic ? form.dataset.heic : form.dataset.unreadable}`;
  }
  const said = new FormData();
  said.set("csrf_token", form.elements.csrf_token.value);
  said.set("do", "add");
  said.set("photo", blob, "bild.jpg");
  try {
    const page = await sent(said, (share) => show(n, of, share));
    const [problem] = problemsOf(page);
    const words = problem ? problem.textContent.trim().replace(/\s+/g, " ").replace(/^.*?bild\.jpg: /, "") : "";
    swap(page);
    return words && `${file.name}: ${words}`;
  } catch {
    return `${file.name}: ${form.dataset.lost}`;
  }
};

const sendAll = async (files) => {
  const room = Number(form.dataset.most) - form.querySelectorAll("[data-remove]").length;
  const problems = [];
  isSending = true;
  for (const [index, file] of files.slice(0, room).entries()) {
    show(index + 1, Math.min(files.length, room), 0);
    const problem = await sendOne(file, index + 1, Math.min(files.length, room));
    if (problem) problems.push(problem);
  }
  if (files.length > room) problems.push(form.dataset.enough);
  isSending = false;
  show(0, 0, 0);
  if (field()) field().value = ""; // sent already: the form is not to send them again
  complain(problems);
  if (document.activeElement === document.body) document.getElementById("photo").focus(); // it was swapped
  if (!problems.length) tell(form.dataset.done);
  if (isToGoOn && !problems.length) form.requestSubmit();
  isToGoOn = false;
};

if (form && window.createImageBitmap) {
  form.addEventListener("change", (event) => {
    if (event.target === field() && event.target.files.length) sendAll([...event.target.files]);
  });
  form.addEventListener("submit", (event) => {
    if (!isSending) return;
    event.preventDefault();
    isToGoOn = true;
  });
}
