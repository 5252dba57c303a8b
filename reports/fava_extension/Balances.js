// Small conveniences for all our pages; they work without it.

const editable = (el) => el instanceof Element && el.closest("input, select, textarea");

/** Go where a form leads, as a link: Fava then changes the page in place. */
function go(form) {
  const url = new URL(form.action, window.location.href);
  url.search = new URLSearchParams(new FormData(form)).toString();
  const link = document.createElement("a");
  link.href = url.href;
  form.append(link);
  link.click();
}

/** Our pages stand first in Fava's sidebar. */
function order_sidebar() {
  const aside = document.querySelector("aside");
  const ours = aside?.querySelector('a[href*="/extension/Balances/"]')?.closest("ul");
  const first = aside?.querySelector('a[href*="/income_statement/"]')?.closest("ul");
  if (ours && first && first.previousElementSibling !== ours) {
    first.before(ours);
  }
}

export default {
  init() {
    document.addEventListener("change", (event) => {
      const control = event.target;
      if (control instanceof HTMLSelectElement && control.matches("[data-yb-go]")) {
        go(control.form);
      }
    });
    document.addEventListener("submit", (event) => {
      if (event.target.matches(".yb form")) {
        event.preventDefault();
        go(event.target);
      }
    });
    document.addEventListener("click", (event) => {
      if (event.target.closest("[data-yb-print]")) {
        window.print();
      }
    });
    // [ and ] go to the previous and the next of what is shown.
    document.addEventListener("keydown", (event) => {
      const rel = { "[": "prev", "]": "next" }[event.key];
      if (rel && !editable(event.target)) {
        document.querySelector(`.yb a[rel="${rel}"]`)?.click();
      }
    });
  },
  onPageLoad: order_sidebar,
};
