"""What the lexical index keeps of a passage, and how its words become terms."""

from __future__ import annotations

import unicodedata
from hashlib import blake2b

import tantivy

from index.records import Passage, day_number, source_key

# The name carries a version: an index made by other rules does not match the schema
# and is rebuilt instead of being searched with terms that it does not hold.
ANALYZER = "english_1"
SEPARATOR = "\x1f"


def digest_of(passage: Passage) -> str:
    """16 hexadecimal digits that change whenever what is indexed of `passage` changes."""
    published = passage.published.isoformat() if passage.published else ""
    parts = (passage.title, passage.text, passage.source or "", published)
    joined = SEPARATOR.join(parts).encode("utf-8", "surrogatepass")
    return blake2b(joined, digest_size=8).hexdigest()


def schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("stamp", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("title", tokenizer_name=ANALYZER, index_option="freq")
    builder.add_text_field("text", tokenizer_name=ANALYZER, index_option="freq")
    builder.add_text_field("source", tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("published", indexed=True, fast=True)
    return builder.build()


def analyzer(stop_words: bool) -> tantivy.TextAnalyzer:
    """Words of up to 80 bytes, lower case, ASCII, stemmed; stop words dropped when asked."""
    builder = (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(80))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.ascii_fold())
    )
    if stop_words:
        builder = builder.filter(tantivy.Filter.stopword("english"))
    return builder.filter(tantivy.Filter.stemmer("english")).build()


def document_of(passage: Passage) -> tantivy.Document:
    document = tantivy.Document(
        id=passage.id,
        stamp=passage.id + SEPARATOR + digest_of(passage),
        title=encodable(passage.title),
        text=encodable(passage.text),
        published=day_number(passage.published),
    )
    if passage.source:
        document.add_text("source", source_key(passage.source))
    return document


def encodable(text: str) -> str:
    # Composed, since the tokenizer splits words at a loose accent; and without half
    # surrogates, which no UTF-8 holds.
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return unicodedata.normalize("NFC", whole)
