// The list of conversations, which on a narrow window is a drawer over the page.

/** Opens and closes the drawer; on a wide window the list is always there. */
export class Menu {
  /** `main`: what cannot be reached while the drawer lies over it. */
  constructor({ sidebar, opener, closer, main }) {
    this._sidebar = sidebar;
    this._opener = opener;
    this._closer = closer;
    this._main = main;
    opener.addEventListener("click", () => this._show(true));
    closer.addEventListener("click", () => this.close());
    document.addEventListener("click", (event) => {
      const isOutside = !event.target.closest("dialog") && event.target.isConnected;
      if (isOutside && !sidebar.contains(event.target) && !opener.contains(event.target)) {
        this.close();
      }
    });
  }

  get isOpen() {
    return this._sidebar.classList.contains("is-shown");
  }

  close() {
    if (this.isOpen) this._show(false);
  }

  _show(isShown) {
    this._sidebar.classList.toggle("is-shown", isShown);
    this._opener.setAttribute("aria-expanded", String(isShown));
    this._main.inert = isShown;
    (isShown ? this._closer : this._opener).focus();
  }
}
