"""Words for days and months as letters write them, in seven languages: a letter that has one names a date."""

_WORDS = """
monday tuesday wednesday thursday friday saturday sunday today tonight tomorrow weekend
january february march april may june july august september october november december
montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag heute morgen wochenende
januar jänner februar märz mai juni juli oktober dezember
lundi mardi mercredi jeudi vendredi samedi dimanche demain
janvier février mars avril juin juillet août septembre octobre novembre décembre
lunes martes miércoles jueves viernes sábado domingo mañana
enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
lunedì martedì mercoledì giovedì venerdì sabato domenica domani
gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre
maandag dinsdag woensdag donderdag vrijdag zaterdag zondag
januari februari maart mei augustus
segunda terça quarta quinta sexta amanhã
janeiro fevereiro março maio junho julho setembro outubro novembro dezembro
"""
WRITTEN_DAYS = frozenset(_WORDS.split())
