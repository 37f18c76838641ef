// Asks for the page's live part again and again and changes what differs, so that what
// is selected, focused or hovered over stays so. Without it the page is as of its loading.
"use strict";
(() => {
  const EVERY = 2000, PATIENCE = 5000, SAMPLES = 60, SVG = "http://www.w3.org/2000/svg";
  const link = document.getElementById("link");
  const history = new Map(), title = document.title;
  let timer = 0, lost = null, round = document.getElementById("now").dataset.round;

  const say = (words, bad) => {
    if (link.textContent !== words) link.textContent = words;
    link.classList.toggle("lost", bad);
    document.body.classList.toggle("stale", bad);
  };

  // Makes one tree of nodes like another, touching what differs alone.
  const morph = (old, fresh) => {
    if (old.nodeName !== fresh.nodeName) return old.replaceWith(fresh);
    if (old.nodeType !== Node.ELEMENT_NODE) {
      if (old.data !== fresh.data) old.data = fresh.data;
      return;
    }
    for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
    for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
    // The lines of calls are drawn here, and no page of the server's has them.
    const had = [...old.childNodes].filter((node) => !node.classList?.contains("spark")), has = [...fresh.childNodes];
    has.forEach((node, i) => (had[i] ? morph(had[i], node) : old.append(node)));
    had.slice(has.length).forEach((node) => node.remove());
  };

  // A line of the last two minutes of each shard's calls, kept here alone.
  const spark = () => {
    for (const cell of document.querySelectorAll("[data-rate]")) {
      const row = cell.parentNode.id, rates = history.get(row) || [];
      rates.push(Number(cell.dataset.rate));
      if (rates.length > SAMPLES) rates.shift();
      history.set(row, rates);
      const most = Math.max(1, ...rates);
      const points = rates.map((r, i) => `${SAMPLES - rates.length + i},${(15 - 14 * r / most).toFixed(1)}`);
      let line = cell.querySelector("polyline");
      if (!line) {
        const svg = document.createElementNS(SVG, "svg");
        cell.prepend(svg);
        svg.setAttribute("class", "spark");
        svg.setAttribute("viewBox", `0 0 ${SAMPLES} 16`);
        line = svg.appendChild(document.createElementNS(SVG, "polyline"));
      }
      line.setAttribute("points", points.join(" "));
    }
  };

  const fetched = async (url) => {
    const answer = await fetch(url, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
    if (answer.status === 401 || answer.status === 403 || answer.redirected) throw new Error("signed out");
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  };

  const refresh = async () => {
    try {
      const fresh = (await fetched("/dashboard/live")).getElementById("now");
      morph(document.getElementById("now"), fresh);
      spark();
      const bad = document.querySelectorAll(".shards tr.down, .shards tr.refused").length;
      document.title = bad ? `${bad} not up: ${title}` : title;
      // The shards have been looked at since: what they hold may be another.
      if (fresh.dataset.round !== round) {
        const page = await fetched(location.pathname + location.search);
        morph(document.getElementById("held"), page.getElementById("held"));
        round = fresh.dataset.round;
      }
      lost = null;
      say("live, every 2 s", false);
    } catch (error) {
      lost = lost || document.getElementById("now").dataset.at;
      say(error.message === "signed out"
        ? "signed out: load the page again"
        : `the service does not answer; figures are of ${lost} UTC`, true);
    }
  };

  const loop = async () => {
    clearTimeout(timer);
    if (document.hidden) return;
    await refresh();
    clearTimeout(timer);
    if (!document.hidden) timer = setTimeout(loop, EVERY);
  };

  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) loop();
    else if (!lost) say("paused while out of sight", false);
  });

  // Pointing at a shard shows its arcs alone.
  const pick = (event) => {
    const row = event.target.closest(".keyspace tr[data-s]");
    for (const ring of document.querySelectorAll(".ring")) {
      const own = row && row.closest(".keyspace").contains(ring);
      ring.classList.toggle("pick", Boolean(own));
      for (const lane of ring.querySelectorAll(".lanes circle")) {
        lane.classList.toggle("on", Boolean(own) && lane.dataset.s === row.dataset.s);
      }
    }
  };
  document.addEventListener("pointerover", pick);

  loop();
})();
