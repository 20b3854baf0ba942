// Planning and leading a walk: the sun of the day that is typed, and phones that are looked at again and again.
const LOOK_EVERY_MS = 10000;
const WAIT_MS = 300;

const plan = document.querySelector("[data-walk-plan]");
if (plan) {
  const field = (name) => plan.elements[name];
  const proposed = { follow_up_on: field("follow_up_on").value, premap_until: field("premap_until").value };
  let day = field("day").value;
  let waiting = 0;
  let asked = 0;

  const say = (place, sentence) => {
    place.textContent = sentence ?? "";
    place.hidden = !sentence;
  };
  const tell = async () => {
    const mine = (asked += 1);
    const said = new URLSearchParams(["day", "starts", "light"].map((name) => [name, field(name).value]));
    try {
      const answer = await fetch(`${plan.dataset.walkPlan}&${said}`, { headers: { Accept: "application/json" } });
      if (!answer.ok || answer.redirected || mine !== asked) return;
      const told = await answer.json();
      say(plan.querySelector("[data-sun]"), told.sentence);
      say(plan.querySelector("[data-sun-warning]"), told.warning);
      const meeting = field("follow_up_on");
      if (told.follow_up_on && meeting.value === proposed.follow_up_on) {
        meeting.value = proposed.follow_up_on = told.follow_up_on;
      }
    } catch {
      // without contact the form says nothing of the sun, and can be filled in all the same
    }
  };
  // The map beforehand closes as long before the walk as was proposed, until somebody says otherwise.
  const follow = () => {
    const [moved, before] = [new Date(field("day").value) - new Date(day), field("premap_until")];
    if (!Number.isFinite(moved)) return;
    day = field("day").value;
    if (!before.value || before.value !== proposed.premap_until) return;
    const closes = new Date(new Date(before.value).getTime() + moved);
    before.value = proposed.premap_until = closes.toISOString().slice(0, 10);
  };
  plan.addEventListener("input", (event) => {
    if (event.target.name === "day") follow();
    if (!["day", "starts", "light"].includes(event.target.name)) return;
    clearTimeout(waiting);
    waiting = setTimeout(tell, WAIT_MS);
  });
}

const phones = document.querySelector("[data-phones]");
if (phones) {
  const away = document.querySelector("[data-phones-away]");
  const look = async () => {
    try {
      const answer = await fetch(phones.dataset.phones);
      if (answer.redirected || !answer.ok) throw new Error(String(answer.status));
      const told = new DOMParser().parseFromString(await answer.text(), "text/html");
      const isTouched = phones.contains(document.activeElement); // nobody's button moves under the finger
      if (!isTouched) phones.replaceChildren(...told.body.childNodes);
      away.hidden = true;
    } catch {
      away.hidden = false;
    }
    setTimeout(look, LOOK_EVERY_MS);
  };
  setTimeout(look, LOOK_EVERY_MS);
}
