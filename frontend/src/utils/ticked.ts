/** Which jobs of a list are ticked, and how that is changed. */
export interface Ticked {
  ids: ReadonlySet<number>;
  /** Not only the ticked ones: everything that the filter has, on every page. */
  everything: boolean;
  toggle: (id: number) => void;
  /** All rows of the page, or none of them where all are ticked. */
  togglePage: () => void;
  chooseEverything: () => void;
  clear: () => void;
}
