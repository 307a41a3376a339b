"""`/jit ask` and `/jit answer`: a question to whoever asked, and its answer, typed without a card."""

from bot.core.people.identity import Actor
from bot.core.stamp import Stamp
from bot.slack.cards.card import Card
from bot.slack.words.replies import draw_sentence
from bot.usecases import look_up
from bot.usecases.ask_back import Answer, Question, answer
from handlers.slack.counting import ask
from handlers.slack.front import Front
from handlers.slack.jit.words import Command, Word


async def ask_or_answer(front: Front, command: Command, by: Actor, replay_key: Stamp) -> Card:
    """Carry the words over, and say what follows from it."""
    request = await front.desk.read(lambda snapshot: look_up.find(snapshot, command.which))
    if command.word is Word.ASK:
        question = Question(request_id=request.id, by=by, text=command.reason, replay_key=replay_key)
        await ask(front, question)
        return draw_sentence(f"You asked about #{request.number}. Until it is answered the clock stands.")
    said = Answer(request_id=request.id, by=by, text=command.reason, replay_key=replay_key)
    await front.desk.run(lambda tx, now: answer(tx, said, now), locks=(request.id,))
    return draw_sentence(f"You answered for #{request.number}, and its clock runs on.")
