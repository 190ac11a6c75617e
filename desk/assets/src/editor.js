// The story editor: TipTap over the body's textarea. Without this script the textarea itself is used.
import { Editor } from "@tiptap/core";
import Image from "@tiptap/extension-image";
import StarterKit from "@tiptap/starter-kit";
import { FigCaption, Figure, Subscript, Superscript, Table, TableCell, TableHeader, TableRow } from "./schema.js";

const TOOLS = [
  ["加粗", "B", (chain) => chain.toggleBold(), (editor) => editor.isActive("bold")],
  ["斜体", "I", (chain) => chain.toggleItalic(), (editor) => editor.isActive("italic")],
  ["大标题", "大标题", (chain) => chain.toggleHeading({ level: 2 }), (editor) => editor.isActive("heading", { level: 2 })],
  ["小标题", "小标题", (chain) => chain.toggleHeading({ level: 3 }), (editor) => editor.isActive("heading", { level: 3 })],
  ["列表", "• 列表", (chain) => chain.toggleBulletList(), (editor) => editor.isActive("bulletList")],
  ["编号", "1. 编号", (chain) => chain.toggleOrderedList(), (editor) => editor.isActive("orderedList")],
  ["引用", "“ 引用", (chain) => chain.toggleBlockquote(), (editor) => editor.isActive("blockquote")],
  ["上标", "x²", (chain) => chain.toggleMark("superscript"), (editor) => editor.isActive("superscript")],
  ["下标", "x₂", (chain) => chain.toggleMark("subscript"), (editor) => editor.isActive("subscript")],
  ["分隔线", "—", (chain) => chain.setHorizontalRule(), () => false],
  ["撤销", "↶", (chain) => chain.undo(), () => false],
  ["重做", "↷", (chain) => chain.redo(), () => false],
];

const csrf = document.querySelector("meta[name=csrf]")?.content ?? "";

for (const area of document.querySelectorAll("textarea[data-rich]")) begin(area);

function begin(area) {
  const shell = document.createElement("div");
  shell.className = "editor";
  const bar = document.createElement("div");
  bar.className = "editor-bar";
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", "正文排版");
  const page = document.createElement("div");
  page.className = "editor-page prose";
  shell.append(bar, page);
  area.after(shell);
  area.hidden = true;

  const editor = new Editor({
    element: page,
    injectCSS: false,
    content: area.value,
    editorProps: {
      attributes: { role: "textbox", "aria-multiline": "true", "aria-label": "正文" },
      handlePaste: (_view, event) => takePictures(editor, event.clipboardData?.files, event),
      handleDrop: (_view, event) => takePictures(editor, event.dataTransfer?.files, event),
    },
    extensions: [
      StarterKit.configure({
        heading: { levels: [2, 3, 4] },
        link: { openOnClick: false, autolink: false, HTMLAttributes: { target: null, rel: null, class: null } },
        trailingNode: false,
      }),
      Image, Figure, FigCaption, Table, TableRow, TableCell, TableHeader, Subscript, Superscript,
    ],
    // only what a person changed is written back: opening and saving alone must not make a new version
    onUpdate: () => {
      area.value = editor.isEmpty ? "" : editor.getHTML();
      area.dispatchEvent(new Event("input", { bubbles: true }));
    },
  });
  fillBar(bar, editor);
}

function fillBar(bar, editor) {
  const shown = [];
  for (const [name, sign, act, isOn] of TOOLS) {
    const button = aButton(name, sign, () => act(editor.chain().focus()).run());
    shown.push([button, isOn]);
    bar.append(button);
  }
  bar.append(
    aButton("链接", "链接", () => askLink(editor)),
    aButton("插入图片", "图片", () => askPicture(editor)),
    aButton("给图片加图注", "图注", () => toCaption(editor)),
  );
  const refresh = () => {
    for (const [button, isOn] of shown) button.setAttribute("aria-pressed", String(isOn(editor)));
  };
  editor.on("transaction", refresh);
  refresh();
}

function aButton(name, sign, act) {
  const button = document.createElement("button");
  button.type = "button";
  button.title = name;
  button.setAttribute("aria-label", name);
  button.textContent = sign;
  button.addEventListener("click", act);
  return button;
}

function askLink(editor) {
  const address = window.prompt("链接地址（留空则去掉链接）", editor.getAttributes("link").href ?? "https://");
  if (address === null) return;
  const chain = editor.chain().focus().extendMarkRange("link");
  (address.trim() && address.trim() !== "https://" ? chain.setLink({ href: address.trim() }) : chain.unsetLink()).run();
}

function askPicture(editor) {
  const input = document.createElement("input");
  input.type = "file";
  input.accept = "image/jpeg,image/png,image/gif,image/webp";
  input.multiple = true;
  input.addEventListener("change", () => takePictures(editor, input.files));
  input.click();
}

function takePictures(editor, files, event) {
  const pictures = [...(files ?? [])].filter((file) => file.type.startsWith("image/"));
  if (!pictures.length) return false;
  event?.preventDefault();
  for (const picture of pictures) send(picture).then((kept) => kept && editor.chain().focus().insertContent(framed(kept)).run());
  return true;
}

// a picture comes with an empty line for its caption; one that stays empty is not kept
function framed(picture) {
  return { type: "figure", content: [{ type: "image", attrs: picture }, { type: "figcaption" }] };
}

// Puts the cursor into the caption of the picture that was clicked, or of the one the cursor stands in; makes it first.
function toCaption(editor) {
  const { selection, doc } = editor.state;
  const image = selection.node?.type.name === "image" ? selection.from : null;
  const depth = depthOf(selection.$from, "figure");
  if (depth) return intoFigure(editor, selection.$from.before(depth));
  if (image === null) return window.alert("请先点一下要加图注的图片。");
  const { attrs } = doc.nodeAt(image);
  editor.chain().deleteRange({ from: image, to: image + 1 }).insertContentAt(image, framed(attrs)).run();
  intoFigure(editor, image);
}

function intoFigure(editor, at) {
  const figure = editor.state.doc.nodeAt(at);
  if (figure?.type.name !== "figure") return;
  const end = at + figure.nodeSize - 1;
  if (figure.lastChild?.type.name !== "figcaption") editor.commands.insertContentAt(end, { type: "figcaption" });
  editor.chain().setTextSelection(at + editor.state.doc.nodeAt(at).nodeSize - 2).focus().run();
}

function depthOf(place, name) {
  for (let depth = place.depth; depth > 0; depth -= 1) if (place.node(depth).type.name === name) return depth;
  return 0;
}

async function send(picture) {
  const form = new FormData();
  form.append("file", picture);
  const answer = await fetch("/media", { method: "POST", body: form, headers: { "X-CSRF-Token": csrf, Accept: "application/json" } });
  const said = await answer.json().catch(() => ({}));
  if (answer.ok) return { src: said.url, alt: picture.name.replace(/\.\w+$/, "") };
  window.alert(said.detail ?? "图片没有传上，请再试一次。");
  return null;
}
