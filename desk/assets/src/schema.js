// Nodes and marks which keep everything that a story's HTML may hold, so that opening a text never loses a part of it.
import { Mark, Node, mergeAttributes } from "@tiptap/core";

export const Figure = Node.create({
  name: "figure",
  group: "block",
  content: "(image | table | paragraph)+ figcaption?",
  parseHTML: () => [{ tag: "figure" }],
  renderHTML: () => ["figure", 0],
});

export const FigCaption = Node.create({
  name: "figcaption",
  content: "inline*",
  parseHTML: () => [{ tag: "figcaption" }],
  renderHTML: () => ["figcaption", 0],
  // Enter leaves the caption for a new paragraph below the picture
  addKeyboardShortcuts() {
    return {
      Enter: ({ editor }) => {
        const { $from } = editor.state.selection;
        if ($from.parent.type.name !== this.name) return false;
        const below = $from.after($from.depth - 1);
        return editor.chain().insertContentAt(below, { type: "paragraph" }).focus(below + 1).run();
      },
    };
  },
});

const spans = {
  colspan: { default: 1, parseHTML: (cell) => Number(cell.getAttribute("colspan")) || 1 },
  rowspan: { default: 1, parseHTML: (cell) => Number(cell.getAttribute("rowspan")) || 1 },
};

function cellAttributes({ colspan, rowspan }) {
  return { ...(colspan > 1 && { colspan }), ...(rowspan > 1 && { rowspan }) };
}

export const Table = Node.create({
  name: "table",
  group: "block",
  content: "tableRow+",
  isolating: true,
  parseHTML: () => [{ tag: "table" }],
  renderHTML: () => ["table", ["tbody", 0]],
});

export const TableRow = Node.create({
  name: "tableRow",
  content: "(tableCell | tableHeader)*",
  parseHTML: () => [{ tag: "tr" }],
  renderHTML: () => ["tr", 0],
});

export const TableCell = Node.create({
  name: "tableCell",
  content: "block+",
  isolating: true,
  addAttributes: () => spans,
  parseHTML: () => [{ tag: "td" }],
  renderHTML: ({ node }) => ["td", cellAttributes(node.attrs), 0],
});

export const TableHeader = Node.create({
  name: "tableHeader",
  content: "block+",
  isolating: true,
  addAttributes: () => spans,
  parseHTML: () => [{ tag: "th" }],
  renderHTML: ({ node }) => ["th", cellAttributes(node.attrs), 0],
});

export const Subscript = Mark.create({
  name: "subscript",
  excludes: "superscript",
  parseHTML: () => [{ tag: "sub" }],
  renderHTML: ({ HTMLAttributes }) => ["sub", mergeAttributes(HTMLAttributes), 0],
});

export const Superscript = Mark.create({
  name: "superscript",
  excludes: "subscript",
  parseHTML: () => [{ tag: "sup" }],
  renderHTML: ({ HTMLAttributes }) => ["sup", mergeAttributes(HTMLAttributes), 0],
});
