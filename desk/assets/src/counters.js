// "12/64" beside a field, counted as people count: one character is one.

export function watchCounters(root) {
  for (const field of root.querySelectorAll?.("[data-count]") ?? []) {
    const place = document.getElementById(field.dataset.count);
    if (!place || field.dataset.counted) continue;
    field.dataset.counted = "yes";
    const show = () => {
      const length = [...field.value].length;
      const most = Number(place.dataset.most);
      place.textContent = most ? `${length}/${most}` : String(length);
      place.classList.toggle("over", Boolean(most) && length > most);
    };
    field.addEventListener("input", show);
    show();
  }
}
