// Finding a region among the books: rows whose region or city does not match hide.
const find = document.getElementById("find");
const shelves = [...document.querySelectorAll(".shelf")];
find.hidden = false;
find.addEventListener("input", () => {
  const word = find.value.trim();
  let shown = 0;
  for (const shelf of shelves) {
    const whole = shelf.querySelector("h3").textContent.includes(word);
    let rows = 0;
    for (const row of shelf.querySelectorAll("tr")) {
      row.hidden = !whole && !row.querySelector("th").textContent.includes(word);
      rows += row.hidden ? 0 : 1;
    }
    shelf.hidden = rows === 0;
    shown += rows;
  }
  document.getElementById("nothing").hidden = shown > 0;
});
