"""TEXT → TAGS: pure functions; text and word lists in, tags with evidence out."""

from tagging.lexicon import Lexicon, LexiconError, load_lexicons
from tagging.shapes import HotTopic, TaggedText, Tagging
from tagging.tagger import Tagger
from tagging.topics import JoinedTopic

__all__ = ["HotTopic", "JoinedTopic", "Lexicon", "LexiconError", "TaggedText", "Tagger", "Tagging", "load_lexicons"]
