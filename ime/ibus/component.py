"""What the daemon reads to know of the engine: a component file."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from ime import __version__

_COMPONENT = """\
<?xml version="1.0" encoding="utf-8"?>
<component>
  <name>org.freedesktop.IBus.Moyin</name>
  <description>Moyin pinyin input method</description>
  <exec>{command}</exec>
  <version>{version}</version>
  <author>Moyin</author>
  <license>MIT</license>
  <textdomain>moyin</textdomain>
  <engines>
    <engine>
      <name>moyin</name>
      <longname>墨音拼音 Moyin</longname>
      <description>Pinyin, converted by a Transformer on this machine</description>
      <language>zh_CN</language>
      <license>MIT</license>
      <author>Moyin</author>
      <icon>{icon}</icon>
      <layout>default</layout>
      <symbol>墨</symbol>
      <icon_prop_key>InputMode</icon_prop_key>
      <rank>50</rank>
    </engine>
  </engines>
</component>
"""


def component_file(command: Sequence[str], icon: Path | str) -> str:
    """The text of the component file.

    Args:
        command: runs the engine.
        icon: a file, or the name of an icon of the theme.
    """
    return _COMPONENT.format(
        command=escape(shlex.join(command)), version=__version__, icon=escape(str(icon))
    )
