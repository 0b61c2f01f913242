"""Beam search over the vertices of the syllable graph, on cached model states.

A vertex (an offset in the raw input) keeps its best hypotheses. Their distributions of the
next token are computed once, in one batched decode step, when an edge that leaves the vertex
is first needed; every edge is then a mask over them. So one more letter costs at most one
forward pass, a letter within a syllable none, and deleting drops vertices.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ime.convert.beam import (
    GAINED,
    LETTERS,
    Found,
    Hypothesis,
    Lookahead,
    Vertex,
    best,
    best_values,
    first_of_each,
)
from ime.convert.lattice_reuse import FEWEST, Tail
from ime.convert.score.edge_tokens import DOT
from ime.convert.score.formula import (
    Score,
    in_earnest,
    lost_letters_behind,
    slips_behind_initials,
    spelled,
)
from ime.pinyin import rules
from ime.pinyin.graph import Edge, EdgeKind, Segmenter
from ime.pinyin.inventory import DELIMITER, SYLLABLES, VOWELS
from ime.ports import BoolArray, FloatArray, IntArray
from ime.values import LeftContext

# Letters before the end of the input whose distributions are kept, 0.8 MB each; those further
# ahead are computed again from their states when so much is deleted.
KEPT = 12
LONGEST_SYLLABLE = 7  # letters of the longest edge, a doubled one included
# Hypotheses inside an own word that a vertex keeps though others are likelier: the word's share
# is paid at its beginning, and what follows costs nothing.
HELD = 4
HELD_PARENTS = 2  # hypotheses behind which an own word may begin so
HELD_MARGIN = 12.0  # nats below the best of the vertex: those further away are dropped


@dataclass(frozen=True, slots=True)
class SearchOptions:
    """How wide the search is.

    Attributes:
        beam: hypotheses kept at a vertex; rows of one decode step.
        margin: hypotheses this many nats below the best of their vertex are dropped.
    """

    beam: int = 16
    margin: float = 9.0


EARLIER = 4  # searches behind which a part was chosen; giving the part back returns to one
MOST_STATES = 3000  # until all begins anew: each makes every further step slower

_Beginning = tuple[tuple[str, ...], EdgeKind, str]
"""What an edge means, and the letter behind it."""


@dataclass(frozen=True, slots=True)
class _Earlier:
    """A search from whose letters a part was chosen."""

    context: LeftContext
    raw: str
    before: list[int]
    vertices: list[Vertex]
    final: Vertex
    joined: int


class BeamSearch:
    """One input being typed; keeps everything that the next letter can use.

    Args:
        score: by which hypotheses are compared.
        segmenter: letters to edges.
        options: width.
    """

    def __init__(
        self,
        score: Score,
        segmenter: Segmenter,
        options: SearchOptions | None = None,
    ) -> None:
        self.score, self.model = score, score.model
        self._own = score.own
        self._texts, self._syllables = score.model.tokens.texts, score.model.tokens.syllables
        self._own_beginnings: dict[_Beginning, list[tuple[int, float]]] = {}
        self.segmenter = segmenter
        self.options = options or SearchOptions()
        self._lookahead = Lookahead(score.model)
        self._context: LeftContext | None = None
        self._before: list[int] = []
        self._raw = ""
        self.vertices: list[Vertex] = []
        self.final: Vertex | None = None
        self._earlier: list[_Earlier] = []
        self._tail: Tail | None = None
        self._joined = 0  # behind this offset stands what was taken over from an earlier search
        self._states: dict[
            tuple[int, int], int
        ] = {}  # those shared, by what is before and token

    def start(self, context: LeftContext) -> None:
        """Stand behind `context` with no letters."""
        root = self.model.start(context)
        state = np.array([root])
        self._context, self._raw, self.final = context, "", None
        self._before = self.model.encode(context)
        self._earlier.clear()
        self._tail = None
        self._states.clear()
        self._stand_behind(state)

    def _stand_behind(self, state: IntArray) -> None:
        """Have no letters behind the state (1,)."""
        none = np.full(1, -1)
        self._joined = 0
        self.vertices = [
            Vertex(
                np.zeros(1, np.float32),
                *(none, none, none, state),
                self.model.log_probs(state),
                held=np.zeros(1, np.bool_),
                gains=np.zeros(1, np.float32),
            )
        ]

    def reset(self) -> None:
        """Forget the context, because the model behind it or the user's words changed."""
        self._context = None
        self._own_beginnings.clear()
        self.score.reset()

    def run(
        self, context: LeftContext, raw: str, stale: Callable[[], bool] | None = None
    ) -> bool:
        """Search `raw` after `context`, from what is known of an earlier input.

        Returns:
            Whether the search went to the end; False when `stale` stopped it. What was done is
            kept.
        """
        self._stand(context, raw)
        same = raw[: _common_prefix(self._raw, raw)]
        self._forget_from(max(1, len(same.rstrip(DELIMITER))))
        self._raw, self.final = raw, None
        while len(self.vertices) < len(raw):
            if stale is not None and stale():
                return False
            end = len(self.vertices)
            self.vertices.append(self._arrive(raw, end, last=False))
            if self._tail is not None and (behind := self._tail.joined(raw, self.vertices)):
                self.vertices += behind
                self._joined, self._tail = end, None
        self._tail = None
        self.final = self._arrive(raw, len(raw), last=True)
        self._weigh(self.final)
        for vertex in self.vertices[1 : max(1, len(raw) - KEPT)]:
            vertex.log_probs = None
            vertex.over.clear()
        return True

    # ------------------------------------------------------------------ what stays known
    def _stand(self, context: LeftContext, raw: str) -> None:
        """Stand behind `context` with the vertices of letters that `raw` may share."""
        if self._context is None or not self.vertices or len(self._states) > MOST_STATES:
            self.start(context)
        elif context != self._context:
            if not (self._go_back(context, raw) or self._go_on(context, raw)):
                self.start(context)
        elif self._tail is None and _common_prefix(self._raw, raw) < min(
            len(self._raw), len(raw)
        ):  # else letters were added or deleted at the end
            self._tail = self._tail_for(raw)
            if self._tail is not None:
                self._keep_states()

    def _tail_for(self, raw: str) -> Tail | None:
        """What is known of the letters that end `raw`, too, if it is worth it."""
        if self.final is None:
            return None
        tail = Tail(self._raw, self.vertices.copy(), self.final)
        return tail if tail.common(raw) >= FEWEST else None

    def _go_on(self, context: LeftContext, raw: str) -> bool:
        """Stand behind a chosen part of the letters; whether `context` ends with one."""
        assert self._context is not None
        if self.final is None or not raw or not self._raw.endswith(raw):
            return False
        chosen = _appended(self._context, context)
        if not chosen.text or len(chosen.text) > len(self._raw) - len(raw):
            return False
        self._keep_states()
        state = self.vertices[0].states
        for token in self.model.encode(chosen):
            state = self._extended(state, np.array([token]))
        earlier = _Earlier(
            self._context, self._raw, self._before, self.vertices, self.final, self._joined
        )
        for vertex in self.vertices[1:]:
            vertex.log_probs = None  # 10 MB
            vertex.over.clear()
        self._earlier = [*self._earlier[1 - EARLIER :], earlier]
        self._tail = self._tail_for(raw)
        self._context, self._raw, self.final = context, "", None
        self._before = self.model.encode(context)
        self._stand_behind(state)
        return True

    def _go_back(self, context: LeftContext, raw: str) -> bool:
        """Stand where a part had not been chosen yet; whether it was an earlier search."""
        for number, earlier in enumerate(self._earlier):
            if earlier.context == context and _common_prefix(earlier.raw, raw):
                del self._earlier[number:]
                self._context, self._raw = context, earlier.raw
                self._before, self.vertices = earlier.before, earlier.vertices
                self.final, self._tail, self._joined = earlier.final, None, earlier.joined
                return True
        return False

    def _forget_from(self, offset: int) -> None:
        """Drop the vertices from `offset` on: the next letter decides what each keeps."""
        if self._joined and offset <= self._joined + LONGEST_SYLLABLE:
            # What goes past the seam is missing.
            offset, self._joined = min(offset, self._joined + 1), 0
        dropped = self.vertices[offset:]
        del self.vertices[offset:]
        if self._states:
            return  # another vertex may need the same ones
        states = [state for vertex in dropped for state in vertex.states.tolist() if state >= 0]
        if states:
            self.model.release(np.array(states, np.int64))

    # ------------------------------------------------------------------ one vertex
    def _arrive(self, raw: str, end: int, *, last: bool) -> Vertex:
        """Hypotheses at `end`; what they need is computed in at most one batched step.

        At the end of the input all is computed that this offset needs once more letters follow
        it, too, so that the next letter has its one step to itself.
        """
        edges = self._edges(raw, end, last=last)
        lasting = edges
        if last and not raw.endswith(DELIMITER):
            lasting = self._edges(raw, end, last=False)
        behind = "" if last else raw[end:].lstrip(DELIMITER)[:1]
        letter = behind if behind in LETTERS else ""
        found = {
            edge: self._pull(edge, letter)
            for edge in dict.fromkeys((*edges, *lasting))
            if self.vertices[edge.start].has_states
        }
        grown = self._expand((*edges, *lasting), self._floor(lasting, found))
        found |= {edge: self._pull(edge, letter) for edge in edges if edge.start in grown}
        in_full = [edge for edge in edges if last and not edge.start and spells_in_full(edge)]
        return self._select(edges, found, in_full)

    def _weigh(self, vertex: Vertex) -> None:
        """Add to the scores of the whole input what counts beyond the model; sort anew."""
        if not len(vertex):
            return
        paths = self.trace(len(self._raw), vertex)
        scores = vertex.scores + self.input_gain([path.tokens for path in paths])
        scores = self._in_earnest(scores, paths)
        order = np.argsort(-scores, kind="stable")
        vertex.scores = scores[order]
        vertex.tokens = vertex.tokens[order]
        vertex.sources = vertex.sources[order]
        vertex.parents = vertex.parents[order]
        vertex.states = vertex.states[order]
        vertex.held, vertex.gains = vertex.held[order], vertex.gains[order]
        vertex.paths = [replace(paths[i], score=float(scores[i])) for i in order.tolist()]

    def _in_earnest(self, scores: FloatArray, paths: Sequence[Hypothesis]) -> FloatArray:
        """Scores of the whole input, those that are spelled in full first where it is short."""
        shortest = min(len(path.tokens) for path in paths)
        initials = VOWELS.isdisjoint(self._raw)
        ways: dict[tuple[int, int], dict[str, Edge]] = {}
        long = shortest > rules.EARNEST_SYLLABLES
        if long and not initials and not self._lost_letter(paths[int(scores.argmax())]):
            return scores
        kinds = [self._kind(path, ways) for path in paths]
        led = [path.gain >= GAINED for path in paths]
        if initials:
            return slips_behind_initials(scores, kinds, led)
        exact = [i for i, kind in enumerate(kinds) if kind is EdgeKind.EXACT]
        if not exact or len(exact) == len(paths):
            return scores
        best = paths[max(exact, key=lambda i: float(scores[i]))]
        if long:
            lost = [self._lost_letter(path) and path.gain < GAINED for path in paths]
            return lost_letters_behind(scores, scores[exact], lost, len(best.tokens))
        return in_earnest(scores, kinds, led, len(best.tokens))

    def _kind(self, path: Hypothesis, ways: dict[tuple[int, int], dict[str, Edge]]) -> EdgeKind:
        """The way of spelling that counts least among those of a path for the whole input.

        Args:
            path: for the whole input.
            ways: edges of a span by their syllables, where they are known.
        """
        worst: Edge | None = None
        for token, span in zip(path.tokens, path.spans, strict=True):
            if span not in ways:
                ways[span] = self._ways(span)
            edge = ways[span].get(self.model.tokens.syllables[token])
            if edge is None:  # by another reading of the character, on the edge in full
                edge = next(iter(ways[span].values()))
            if worst is None or edge.log_prob < worst.log_prob:
                worst = edge
            if edge.kind is EdgeKind.EXACT and not spells_in_full(edge):
                return EdgeKind.ABBREVIATION
        return EdgeKind.EXACT if worst is None else worst.kind

    def _lost_letter(self, path: Hypothesis) -> bool:
        """Whether a syllable lost its first letter and what is left is a syllable, too."""
        syllables = self.model.tokens.syllables
        return any(
            end - start > 1
            and (typed := self._raw[start:end].strip(DELIMITER)) == syllables[token][1:]
            and len(typed) > 1
            and typed in SYLLABLES
            for token, (start, end) in zip(path.tokens, path.spans, strict=True)
        )

    def _ways(self, span: tuple[int, int]) -> dict[str, Edge]:
        """Edges over a span by their syllables; letters have the empty one."""
        start, end = span
        edges = self.segmenter.edges_into(self._raw, end, last=end == len(self._raw))
        found: dict[str, Edge] = {}
        for edge in edges:
            if edge.start == start:
                for syllable in edge.syllables or ("",):
                    found.setdefault(syllable, edge)
        return found

    def _edges(self, raw: str, end: int, *, last: bool) -> tuple[Edge, ...]:
        """Edges into `end` from offsets that some path leads to."""
        return tuple(
            edge
            for edge in self.segmenter.edges_into(raw, end, last=last)
            if len(self.vertices[edge.start])
        )

    def _pull(self, edge: Edge, letter: str) -> Found:
        """The best over an edge, in view of the letter behind it where there is one."""
        vertex = self.vertices[edge.start]
        rows = np.flatnonzero(vertex.states >= 0)
        ids, _ = self.score.edge_tokens(edge)
        totals = self._over(edge, vertex, rows)
        flat = totals.ravel()
        lookahead = (totals + self._lookahead.of(ids, letter)).ravel() if letter else flat
        top = best(lookahead, self.options.beam)
        highest = best_values(flat, self.options.beam) if letter else flat[top]
        inside = self._inside_own(edge, vertex, rows, letter) if letter else {}
        if inside:
            places = sorted(inside.keys() | top.tolist())
            top = np.array(places)
            own = np.array([inside.get(place, -np.inf) for place in places], np.float32)
        else:
            own = np.full(len(top), -np.inf, np.float32)
        parents, tokens = rows[top // len(ids)], ids[top % len(ids)]
        return Found(flat[top], parents, tokens, lookahead[top], highest, own)

    def _over(self, edge: Edge, vertex: Vertex, rows: IntArray) -> FloatArray:
        """(S, N) nats of hypotheses (S,) of a vertex, each with every token of an edge."""
        totals = vertex.over.get(edge)
        if totals is None:
            ids, penalties = self.score.edge_tokens(edge)
            nats = self._log_probs_of(vertex)[rows[:, None], ids]
            if self._own is not None:
                self._own.begin(nats, vertex.states[rows], ids)
            totals = spelled(vertex.scores[rows, None], nats, penalties, edge)
            vertex.over[edge] = totals
        return totals

    def _inside_own(
        self, edge: Edge, vertex: Vertex, rows: IntArray, letter: str
    ) -> dict[int, float]:
        """Nats of what leads into an own word, which goes on with `letter`, by its place.

        A place is that in the (rows, tokens of the edge) that `_pull` looks at.
        """
        if self._own is None:
            return {}
        begun = self._begun(edge, letter)
        places = self.score.places(edge)
        width = len(places)
        _, penalties = self.score.edge_tokens(edge)
        scores, states = vertex.scores[rows].tolist(), vertex.states[rows].tolist()
        found: dict[int, float] = {}
        for row, score in enumerate(scores[:HELD_PARENTS]):
            for at, nats in begun:
                found[row * width + at] = score + edge.log_prob + nats
        for row, state in enumerate(states):
            for token, nats in self._own.sequels(state, letter):
                at = places.get(token, -1)
                if at >= 0:
                    known = scores[row] + edge.log_prob
                    found[row * width + at] = known + nats + float(penalties[at])
        return found

    def _begun(self, edge: Edge, letter: str) -> list[tuple[int, float]]:
        """The likeliest beginnings of own words over an edge that go on with a letter."""
        assert self._own is not None
        key = (edge.syllables, edge.kind, letter)
        begun = self._own_beginnings.get(key)
        if begun is None:
            ids, penalties = self.score.edge_tokens(edge)
            places, nats = self._own.beginnings(ids, letter)
            nats += penalties[places]
            first = np.argsort(-nats, kind="stable")[:HELD]
            begun = [*zip(places[first].tolist(), nats[first].tolist(), strict=True)]
            self._own_beginnings[key] = begun
        return begun

    def _floor(self, edges: tuple[Edge, ...], found: Mapping[Edge, Found]) -> float:
        """Score that a hypothesis must exceed to enter a vertex which already has `found`.

        The lookahead does not count here: it would call for a second step at every other
        letter, for hypotheses that hardly ever win.
        """
        parts = [found[edge].highest for edge in edges if edge in found]
        scores = np.concatenate(parts) if parts else np.zeros(0, np.float32)
        if not len(scores):
            return -np.inf
        floor = float(scores.max()) - self.options.margin
        if len(scores) >= self.options.beam:
            floor = max(
                floor, float(np.partition(scores, -self.options.beam)[-self.options.beam])
            )
        return floor

    def _expand(self, edges: tuple[Edge, ...], floor: float) -> frozenset[int]:
        """Compute states of the vertices that `edges` leave, in one batched step.

        A hypothesis is left out while its score alone is not above `floor`: a longer one only
        loses. One that is held for an own word waits until the letters spell how the word goes
        on.

        Returns:
            Offsets of the vertices that have more states now.
        """
        leaving: dict[int, list[Edge]] = {}
        for edge in edges:
            leaving.setdefault(edge.start, []).append(edge)
        parts: list[tuple[int, Vertex, IntArray]] = []
        for start, group in sorted(leaving.items()):
            vertex = self.vertices[start]
            wanted = vertex.scores + max(edge.log_prob for edge in group) > floor
            wanted |= self._goes_on(vertex, ~wanted & (vertex.states < 0), group)
            rows = np.flatnonzero((vertex.states < 0) & wanted)
            if len(rows):
                parts.append((start, vertex, rows))
        if not parts:
            return frozenset()
        parents = np.concatenate(
            [self._parent_states(vertex, rows) for _, vertex, rows in parts]
        )
        tokens = np.concatenate([vertex.tokens[rows] for _, vertex, rows in parts])
        states = self._extended(parents, tokens)
        log_probs = self.model.log_probs(states)
        done = 0
        for _, vertex, rows in parts:
            some = slice(done, done + len(rows))
            done += len(rows)
            if len(rows) == len(vertex):
                vertex.log_probs = log_probs[some]
            else:
                self._log_probs_of(vertex)[rows] = log_probs[some]
            vertex.states[rows] = states[some]
            vertex.over.clear()
        return frozenset(start for start, _, _ in parts)

    def _goes_on(self, vertex: Vertex, asked: BoolArray, edges: Sequence[Edge]) -> BoolArray:
        """(K,) which of those `asked` about are held, and go on inside own words over edges."""
        found = vertex.held & asked
        rows = np.flatnonzero(found)
        if len(rows) and self._own is not None:
            syllables = {syllable for edge in edges for syllable in edge.syllables}
            parents = self._parent_states(vertex, rows).tolist()
            tokens = vertex.tokens[rows].tolist()
            found[rows] = [
                self._own.goes_on(parent, token, syllables)
                for parent, token in zip(parents, tokens, strict=True)
            ]
        return found

    def _extended(self, parents: IntArray, tokens: IntArray) -> IntArray:
        """(B,) states of `parents` (B,), each followed by its token (B,)."""
        if not self._states:
            return self.model.extend(parents, tokens)
        pairs = list(zip(parents.tolist(), tokens.tolist(), strict=True))
        new = [row for row, pair in enumerate(pairs) if pair not in self._states]
        if new:
            made = self.model.extend(parents[new], tokens[new]).tolist()
            self._states |= zip((pairs[row] for row in new), made, strict=True)
        return np.array([self._states[pair] for pair in pairs], np.int64)

    def _keep_states(self) -> None:
        """Make no state again that a vertex has, and release none until all begins anew."""
        for vertex in self.vertices[1:]:
            rows = np.flatnonzero(vertex.states >= 0)
            parents = self._parent_states(vertex, rows).tolist()
            tokens, states = vertex.tokens[rows].tolist(), vertex.states[rows].tolist()
            self._states |= zip(zip(parents, tokens, strict=True), states, strict=True)

    def _log_probs_of(self, vertex: Vertex) -> FloatArray:
        """Its (K, V) log-probabilities, computed again if they were dropped."""
        if vertex.log_probs is None:
            shape = len(vertex), len(self.model.tokens.texts)
            vertex.log_probs = np.zeros(shape, np.float32)
            rows = np.flatnonzero(vertex.states >= 0)
            if len(rows):
                vertex.log_probs[rows] = self.model.log_probs(vertex.states[rows])
        return vertex.log_probs

    def _parent_states(self, vertex: Vertex, rows: IntArray) -> IntArray:
        sources, parents = vertex.sources[rows].tolist(), vertex.parents[rows].tolist()
        return np.array(
            [self.vertices[s].states[p] for s, p in zip(sources, parents, strict=True)],
            np.int64,
        )

    def _select(
        self, edges: tuple[Edge, ...], found: Mapping[Edge, Found], in_full: Sequence[Edge]
    ) -> Vertex:
        """The best of what was found over `edges`, as a vertex without states.

        Args:
            edges: into the vertex.
            found: over them.
            in_full: those whose best are kept though others are likelier.
        """
        parts = [(edge, found[edge]) for edge in edges if edge in found]
        empty = np.zeros(0, np.int64)
        if not any(len(part.scores) for _, part in parts):
            return Vertex(np.zeros(0, np.float32), empty, empty, empty, empty, held=empty > 0)
        scores = np.concatenate([part.scores for _, part in parts])
        parents = np.concatenate([part.parents for _, part in parts])
        tokens = np.concatenate([part.tokens for _, part in parts])
        lookahead = np.concatenate([part.lookahead for _, part in parts])
        own = _own_or_in_full(parts, in_full)
        sources = np.repeat(
            [edge.start for edge, _ in parts], [len(part.scores) for _, part in parts]
        )
        order = np.argsort(-lookahead, kind="stable")
        plain = self._best_plain(order, sources, parents, tokens)
        kept = order[lookahead[order] > lookahead[plain] - self.options.margin]
        keep = first_of_each(kept, sources, parents, tokens)[: self.options.beam]
        held = np.flatnonzero(own > scores.max() - HELD_MARGIN)
        if len(held):
            held = held[np.argsort(-own[held], kind="stable")]
            held = first_of_each(held, sources, parents, tokens)[:HELD]
            free = keep[~np.isin(keep, held)][: self.options.beam - len(held)]
            keep = np.concatenate((free, held))
        keep = keep[np.argsort(-scores[keep], kind="stable")]
        states = np.full(len(keep), -1)
        vertex = Vertex(scores[keep], tokens[keep], sources[keep], parents[keep], states)
        vertex.held = np.isin(keep, held)
        behind = vertex.sources.tolist(), vertex.parents.tolist(), vertex.tokens.tolist()
        gains = [self._gain(*each) for each in zip(*behind, strict=True)]
        vertex.gains = np.array(gains, np.float32)
        return vertex

    def _best_plain(
        self, order: IntArray, sources: IntArray, parents: IntArray, tokens: IntArray
    ) -> int:
        """The first of `order` that leads by no own word: that makes no other unlikely."""
        if self._own is None:
            return int(order[0])
        plain = (i for i in order if self._gain(sources[i], parents[i], tokens[i]) < GAINED)
        return int(next(plain, order[0]))

    def _gain(self, source: int, parent: int, token: int) -> float:
        """Nats that words of the user's own gave a hypothesis: its parent, then one token."""
        if self._own is None:
            return 0.0
        vertex = self.vertices[source]
        nats = float(self._log_probs_of(vertex)[parent, token])
        gain = self._own.gain(int(vertex.states[parent]), int(token), nats)
        return float(vertex.gains[parent]) + gain

    # ------------------------------------------------------------------ results
    @property
    def reach(self) -> int:
        """Letters that some path covers; those behind it cannot be converted."""
        if self.final is not None and len(self.final):
            return len(self._raw)
        for offset in range(len(self.vertices) - 1, 0, -1):
            if len(self.vertices[offset]):
                return offset
        return 0

    def vertex_at(self, offset: int) -> Vertex:
        """Hypotheses that cover exactly [0, offset)."""
        if offset == len(self._raw) and self.final is not None:
            return self.final
        return self.vertices[offset]

    def paths(self, offset: int, limit: int) -> list[Hypothesis]:
        """The best `limit` hypotheses at `offset`, best first."""
        return self.trace(offset, self.vertex_at(offset), limit)

    def trace(self, offset: int, vertex: Vertex, limit: int | None = None) -> list[Hypothesis]:
        """The best `limit` hypotheses (None: all) of a vertex at `offset`, best first."""
        if vertex.paths is None:
            vertex.paths = [self._trace(offset, vertex, i) for i in range(len(vertex))]
        return vertex.paths[:limit]

    def input_gain(self, texts: Sequence[Sequence[int]]) -> FloatArray:
        """(N,) nats that each of N texts of tokens gains as the whole input."""
        return self.score.input_gain(self._before, texts)

    def _trace(self, offset: int, vertex: Vertex, index: int) -> Hypothesis:
        """One hypothesis: that of the vertex it comes from, and its own last token."""
        score = float(vertex.scores[index])
        if not offset:
            return Hypothesis(0, (), (), "", score)
        source = int(vertex.sources[index])
        before = self.trace(source, self.vertices[source])[int(vertex.parents[index])]
        token = int(vertex.tokens[index])
        tokens, spans = (*before.tokens, token), (*before.spans, (source, offset))
        written = self._texts[token]
        if not self._syllables[token] and written != DOT:
            written = self.segmenter.letters_of(self._raw[source:offset])
        gain = float(vertex.gains[index])
        return Hypothesis(offset, tokens, spans, before.text + written, score, gain)

    def certainties(self, offset: int) -> list[float]:
        """Of each token of the best hypothesis at `offset`, P(token | syllable, tokens before).

        That is what the model thought of it before it knew the letters behind.
        """
        steps: list[tuple[Vertex, int, Vertex, int]] = []
        vertex, index = self.vertex_at(offset), 0
        while len(vertex.sources) and offset:
            offset, parent = int(vertex.sources[index]), int(vertex.parents[index])
            steps.append((vertex, index, self.vertices[offset], parent))
            vertex, index = self.vertices[offset], parent
        new = [step for step in steps if step[1] not in step[0].certainties]
        if new:
            states = np.array([before.states[parent] for _, _, before, parent in new], np.int64)
            rows = self.model.log_probs(states)
            for place, (vertex, index, _, _) in enumerate(new):
                one, token = slice(place, place + 1), int(vertex.tokens[index])
                vertex.certainties[index] = self._certainty(rows[one], states[one], token)
        return [vertex.certainties[index] for vertex, index, _, _ in reversed(steps)]

    def _certainty(self, log_probs: FloatArray, state: IntArray, token: int) -> float:
        """P(token) among those of its syllable behind a state (1,); letters have no others."""
        tokens = self.model.tokens
        if not tokens.syllables[token]:
            return 1.0
        alike = tokens.by_syllable[tokens.syllables[token]]
        nats = self.score.token_nats(log_probs, state, alike)[0]
        return float(1 / np.exp(nats - nats[alike.searchsorted(token)]).sum())

    def first_nats(self, tokens: IntArray) -> FloatArray:
        """(N,) nats of N tokens as the first one."""
        root = self.vertices[0]
        nats: FloatArray = self.score.token_nats(self._log_probs_of(root), root.states, tokens)[
            0
        ]
        return nats

    def first_edges(self) -> tuple[Edge, ...]:
        """Edges of the first syllable, longest first; exact ones only where there are any."""
        length = len(self._raw)
        delimiters = length - len(self._raw.lstrip(DELIMITER))
        longest = delimiters + LONGEST_SYLLABLE
        ends = [*range(min(length, longest), 0, -1)]
        if length > longest and not self._raw[longest:].strip(DELIMITER):
            ends = [length, *ends]
        edges = [
            edge
            for end in ends
            for edge in self.segmenter.edges_into(self._raw, end, last=end == length)
            if edge.start == 0 and edge.syllables
        ]
        return tuple(edge for edge in edges if spells_in_full(edge)) or tuple(edges)


def spells_in_full(edge: Edge) -> bool:
    """Whether an edge spells a syllable that people mean by it: n and m alone mean more."""
    return edge.kind is EdgeKind.EXACT and (
        edge.end - edge.start > 1 or edge.syllables[0] in "aeo"
    )


def _appended(before: LeftContext, after: LeftContext) -> LeftContext:
    """What stands behind `before` in `after`, which may have lost its beginning."""
    for count in range(1, len(after.text) + 1):
        start = len(after.text) - count
        if start <= len(before.text) and before.text.endswith(after.text[:start]):
            readings = tuple((i - start, s) for i, s in after.readings if i >= start)
            return LeftContext(after.text[start:], readings)
    return LeftContext()


def _own_or_in_full(parts: Sequence[tuple[Edge, Found]], in_full: Sequence[Edge]) -> FloatArray:
    """(N,) nats of what is kept though others are likelier; -inf for the others.

    It stands inside an own word, or is the best over an edge that is to have one.
    """
    held = []
    for edge, part in parts:
        own = part.own
        if edge in in_full and len(part.scores):
            own, place = own.copy(), int(part.scores.argmax())
            own[place] = max(own[place], part.scores[place])
        held.append(own)
    return np.concatenate(held)


def _common_prefix(first: str, second: str) -> int:
    for i, (a, b) in enumerate(zip(first, second, strict=False)):
        if a != b:
            return i
    return min(len(first), len(second))
