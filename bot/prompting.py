"""A question of a form, asked in a message."""

from bot.forms import Form, Question
from bot.replies import Block, Button, Reply, Words
from bot.turn import Turn


def ask(turn: Turn, form: Form, question: Question, *before: Block | str, more: tuple[Button, ...] = ()) -> Reply:
    """The question with its choices and what else can be typed; its earlier answer, where there is one."""
    blocks: list[Block | str] = [*before, "**" + question.ask[turn.language] + "**"]
    if question.hint[turn.language]:
        blocks.append(question.hint[turn.language])
    earlier = turn.draft().answers.get(question.id)
    answered = question.id in turn.draft().answers
    if answered:
        blocks.append(Words(turn.say("form.now_is"), question.show(earlier, turn.language) or turn.say("form.skipped")))
        blocks.append(turn.say("form.keep"))
    choices = tuple(
        Button("choose", option.label[turn.language], option.code, option.hint[turn.language])
        for option in question.options
    )
    if not question.required and not answered:
        how = {"text": "", "choices": turn.say("form.several") + " "}.get(question.kind, turn.say("form.one") + " ")
        blocks.append(how + turn.say("form.optional"))
    elif question.kind != "text":
        blocks.append(turn.say("form.several" if question.kind == "choices" else "form.one"))
    commands = ["cancel"] if turn.event.passing else ["later", "cancel"]
    if answered or not question.required:
        commands.insert(0, "skip")
    if question is not form.questions[0]:
        commands.insert(0, "back")
    if turn.event.has_forms:
        commands.append("as_form")
    return turn.reply(
        *blocks,
        choices=choices + more,
        commands=tuple(turn.button(one) for one in commands),
        several=question.kind == "choices",
    )
