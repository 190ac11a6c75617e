#!/bin/sh
# What the browser tests need: Debian's chromium and a font with Chinese characters.
command -v chromium >/dev/null 2>&1 && have_browser=1
{ [ -n "$(find /usr/share/fonts -iname '*CJK*' -print -quit 2>/dev/null)" ] || [ -n "$(fc-list :lang=zh 2>/dev/null | head -n 1)" ]; } && have_font=1
[ -n "$have_browser" ] && [ -n "$have_font" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "安装浏览器测试所需的 chromium 与中文字体…"
  apt-get update -qq >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-noto-cjk >/dev/null && exit 0
fi
echo "浏览器测试需要 chromium 和中文字体,请先安装:apt-get install chromium fonts-noto-cjk" >&2
exit 1
