# SPDX-License-Identifier: ISC
"""What sixty bee-keepers of one valley write in a year. Every text is put together by chance out of sentences that fit
a topic and its season, so that no two are the same; a seed makes the same year again."""
import re
import textwrap

PEOPLE = '''Marta Keller|Ines Brandt|Paul Okafor|Ann Zürcher|Bob Lindqvist|Chiara Fontana|Dora Weiss|Eve Laurent|Farid Haddad
Greta Holm|Hugo Martins|Ida Sørensen|Jakob Steiner|Kaja Novak|Liam Byrne|Mona Richter|Nils Aalto|Olga Petrova|Pia Lang
Quentin Roche|Rosa Delgado|Sven Bauer|Tilda Nyberg|Uwe Hartmann|Vera Kovács|Wanda Zielińska|Xenia Papas|Yusuf Demir|Zoe Carter
Anton Gruber|Beate Vogel|Carlos Reyes|Diana Moser|Emil Frey|Fiona Walsh|Gustav Ekman|Hanna Wirth|Igor Marek|Julia Amann
Karl Thoma|Lena Fuchs|Miguel Costa|Nora Haas|Otto Winkler|Paula Serra|Ralf Jung|Selma Yildiz|Theo Lambert|Ulla Berg
Viktor Dahl|Wim de Vries|Yara Nasser|Zeno Huber|Agnes Roth|Bruno Caduff|Clara Meili|David Onyango|Elsa Nordin|Felix Baum
Gina Rossi'''.replace('\n', '|').split('|')
PLACES = '''the orchard|the north slope|the old quarry|the mill|my garden in Ulm|the edge of the wood|the school roof|the heath
the river meadow|the allotments|the churchyard|the vineyard|the lower field|the farm above the village|the hospital garden
the lime avenue|the sheep pasture|the railway bank'''.replace('\n', '|').split('|')
COUNT = 'two|three|four|five|six|seven|eight|nine|eleven|a dozen|fourteen|twenty'.split('|')
DAYS = 'yesterday|this morning|on Sunday|last Thursday|two days ago|a week ago|on Saturday|at noon today|last evening'.split('|')
HELLO = 'Hello all,|Dear all,|Good morning,|Hi,|Hello everybody,|Good evening from the valley,'.split('|')
BYE = 'Thank you!|Thanks,|Many thanks,|Warm regards,|See you on Friday,|All the best,|Greetings from the hill,'.split('|')
AGREE = '''I have seen the same {when}.|Yes, that is how it goes here too.|We had {n} hives like that at {place}.
Nothing to add, only that {place} was a fortnight later.|Good point; I would not have thought of that.
At {place} it was quite different this year.|My neighbour with {n} hives says so as well.|I would wait {n} days and look again.
Do you keep notes? Mine from {place} say the same.|That cost me {n} combs once, so I am careful now.
I tried it {when} and it went well.|Could you send a picture? I only know it from {place}.'''.replace('\n', '|').split('|')
FACTS = '''The hive scale at {place} shows {k}.{d} kg more than {when}.|It was {t} degrees at {place} {when}.
I keep {n} colonies at {place}.|We are {n} people around {place} now.|The bees of {place} fly late, about {k} minutes after mine.
I have done it like this for {n} years.|My record book says {k} frames in all.|It took me {k} minutes for {n} hives.
The wind at {place} was stronger than {when}.|{n} of the colonies at {place} are quiet, the others busy.
I count {k} falling from the board a day.|The forecast for {place} says rain in {n} days.'''.replace('\n', '|').split('|')
THANKS = '''That was it, thank you! I did it {when} and now all is quiet.|It worked at {place}, thank you very much.
Just as you said: after {n} days it was over.|Thank you, that saved me {n} combs.'''.replace('\n', '|').split('|')

# Topic: months, subjects of questions, what is asked, what is answered, what is told.
TOPICS = {
    'varroa': ((7, 8, 9, 10, 12, 1), ('Mites after the second treatment', 'Oxalic acid: trickle or vaporise?',
                                      'How do I count mites with sugar?', 'Formic acid at 30 degrees', 'When is the colony broodless?'),
               ('How many mites on the board a day are too many in this month?', 'Does anybody know whether I can treat again so soon?',
                'How do you dose it for a colony on one box?', 'Should I take the super off before I treat?'),
               ('Count for three days with the board in, and treat above ten a day.', 'Shake half a cup of bees in icing sugar: over three in a hundred is too many.',
                'Wait until there is no brood; the mites sit below the cappings otherwise.', 'Trickle five millilitres for each seam, once, never twice.',
                'Below 25 degrees and in the evening, else the queen stops laying.'),
               'I caged the queen for 24 days at {place} and treated on day 25. {n} colonies, and {k} mites in all on the boards.'),
    'swarming': ((4, 5, 6), ('Queen cells everywhere', 'A swarm high up in a lime tree', 'Split before or after the cells are capped?',
                             'The swarm left the box again', 'How often must I look in May?'),
                 ('How do I get it down from there without a ladder?', 'Is it too late to split now?', 'Why did they leave a clean box with drawn comb?',
                  'Can I break the cells and hope?'),
                 ('Every seven days, and turn each frame; the cell on the rim is the one that you miss.', 'Take the old queen with two frames of brood away, leave one good cell.',
                  'A box with an old comb in the shade below the tree; they come by themselves by evening.',
                  'Breaking cells only delays it by a week. Give them room and split.', 'Put a frame of open brood into the box: then they stay.'),
                 'The swarm of {when} hung {k} metres up at {place}. We held a bucket on a pole below it and it fell in as one.'),
    'queens': ((4, 5, 6, 7, 8), ('Marking colour of this year', 'My queen lays only drones', 'New queen not accepted', 'Grafting for the first time',
                                 'Two queens in one hive?'),
               ('How long do I leave her in the cage?', 'Where do I get a queen at this time?', 'Is it worth a try with laying workers?',
                'How old may the larvae be for grafting?'),
               ('Leave her in the cage for three days behind a plug of fondant, and do not look for a week.', 'Larvae of twelve to twenty-four hours, no older: you should hardly see them.',
                'Join them with a strong colony through newspaper; it is not worth a queen.', 'White, yellow, red, green, blue: this year it is white.',
                'Shake them all off thirty metres away; the laying workers do not find back.'),
               'Of {n} queens that we reared at {place} all but one came back from mating. We marked them {when}.'),
    'feeding': ((2, 3, 8, 9), ('Syrup or fondant in March?', 'How much winter food for one box?', 'Robbing at the feeder', 'They do not take the syrup',
                               'Is wheat syrup any good?'),
                ('How many kilos do they need until the willow?', 'How do I stop the robbing?', 'Is it too cold for syrup now?', 'Who has tried it and what came of it?'),
                ('Fifteen kilos for one box here, eighteen on the hill.', 'Fondant straight above the cluster as long as they do not fly.',
                 'Make the entrance two bees wide, feed in the evening, and spill nothing.', 'Three to two by weight in autumn, one to one in spring.',
                 'Lift the hive at the back: you learn the weight within a season.'),
                'One feeder leaked at {place} {when}. Within an hour {n} hives were robbing each other; a wet sheet over all ended it.'),
    'winter': ((11, 12, 1, 2), ('Dead bees in front of the hive', 'Mouse guards: when on, when off?', 'Wet lids', 'A colony hums loudly',
                                'Wrap the hives or not?'),
               ('Is that many or is it normal?', 'Should I open and look?', 'What do you put below the lid?', 'How warm must it be for a short look?'),
               ('A handful a day is normal. Look only when it is over ten degrees and still.', 'Put your ear to the box and knock: a short hum is good, a long one means no queen.',
                'A wad of straw or wool below the lid takes the wet away.', 'On when the ivy has ended, off when they carry pollen.',
                'Wind does more harm than cold: a hedge is worth more than a wrap.'),
               'The storm {when} threw {n} hives over at {place}. We stood them up in the dark, and all of them flew in spring.'),
    'honey': ((5, 6, 7, 8), ('Honey with 19 percent water', 'When do I put the super on?', 'Crystals in the jar', 'Uncapping: fork or knife?',
                             'Labels: what must be on them?'),
              ('How do I get the water down?', 'Can I sell it like that?', 'How fine a sieve do you use?', 'How long does it settle with you?'),
              ('Put the frames in a small room with a dehumidifier for a night.', 'Stir it twice a day from the first haze on, and it stays soft.',
               'Super on when the bees are white on the top bars.', 'Two days in the tank at 25 degrees, then skim.', 'Name, place, weight, best before, lot: the office sends a sheet.'),
              'We took {k} kg from {n} hives at {place} {when}. The lime gave more than in any year that I wrote down.'),
    'wax': ((9, 10, 11, 1), ('Wax moths in the stored combs', 'Melting old comb in the sun', 'Own foundation: worth it?', 'Grey wax', 'Candles crack'),
            ('How do you store combs over the winter?', 'How hot may the wax get?', 'Where do I have it pressed?', 'What do I do against the cracks?'),
            ('Two days in the freezer, then light and draught: moths hate it.', 'Rain water and a drop of vinegar: lime makes it grey.',
             'Below 85 degrees, never over an open flame.', 'Warm the mould first and let the candle cool slowly.', 'A third of the combs go out every year, the oldest first.'),
            'I built a sun melter from an old window. {n} combs gave {k} hundred grams of wax {when}.'),
    'hornets': ((6, 7, 8, 9, 10), ('Yellow-legged hornet at the entrance', 'A nest in the poplar', 'Do traps do any good?', 'Whom do I tell?'),
                ('Has anybody here got one, too?', 'How do I find the nest?', 'Is a grid in front of the entrance enough?', 'Who takes the nest away?'),
                ('Send a picture and the place to the county; they come within two days.', 'Mark one with paint and take the time that it is away: a minute is a hundred metres.',
                 'A grid of six millimetres keeps them out and the bees get used to it.', 'Traps catch a hundred other insects for each of them. Leave it.'),
                'We followed {n} marked ones from {place} and found the nest {when}, {k} metres up.'),
    'plants': ((3, 4, 5, 6, 7), ('What flowers after the lime?', 'Phacelia: when to sow', 'A hedge for bees', 'Is the ivy enough?'),
               ('What would you plant on {place}?', 'Who has seed left over?', 'Does it grow on clay?', 'When is the gap with you?'),
               ('Phacelia six weeks before you want it, in rows a hand apart.', 'Blackthorn, hazel, dogwood, wild rose: something for every month.',
                'Sweet clover fills the gap in July, and grows on stones.', 'Let a third of the meadow stand until August.'),
               'Three years ago {place} was lawn. {when} I counted {k} kinds of wild bees there.'),
    'neighbours': ((4, 5, 6, 7, 8), ('The neighbour is afraid of my bees', 'Distance to the footpath', 'Bees in the paddling pool', 'Stings at the school'),
                   ('What do you say to them?', 'Is there a rule for it?', 'How did you solve that?', 'Would you move the hives?'),
                   ('Take a jar along and listen first. It is nearly always worry, not anger.', 'A fence of two metres: they fly over all heads.',
                    'Give water nearer than the pool, from the first warm day on.', 'Ten metres and a hedge; ask the village before you set them up.'),
                   'After the fright at {place} we showed {n} children a frame {when}. Now they look after the water bowl.'),
    'tools': ((1, 2, 3, 10, 11, 12), ('Which smoker lasts?', 'A hive scale that talks to a phone', 'Repairing frames', 'Gloves or none?'),
              ('Which one would you buy again?', 'Is it worth the money for {n} hives?', 'How do you clean it?', 'Who has built one?'),
              ('Stainless steel, big, with a cage; mine is eleven years old.', 'A luggage scale below the back edge does the same for ten euros.',
               'Soda, hot water, a brush; flame only for wood.', 'A jig from four strips: twenty frames in an hour.'),
              'My smoker burnt through {when} after {n} years. A tin and a bicycle pump saved the afternoon at {place}.'),
    'beginners': ((1, 2, 3, 4), ('First hive: new or second hand?', 'Which book for the winter?', 'How many hives to begin with?', 'Is a course needed?'),
                  ('What would you do again?', 'What do you wish that somebody had told you?', 'How much time does it take a week?', 'Who lets me look over their shoulder?'),
                  ('Begin with two: then you can compare, and help one with the other.', 'Go along with somebody for a season first.',
                   'Half an hour a week for each hive, from April to August.', 'Second hand boxes only when scorched, and frames never.'),
                  'My first year was {n} stings and no honey, at {place}. The second gave {k} jars.'),
}


class Words:
    def __init__(self, rng):
        self.rng, self.used = rng, set()

    def fill(self, text):
        r = self.rng
        text = text.format(place=r.choice(PLACES), n=r.choice(COUNT), when=r.choice(DAYS), k=r.randint(4, 96),
                           d=r.randint(1, 9), t=r.randint(6, 29))
        return re.sub(r'([.:?] )([a-z])', lambda m: m[1] + m[2].upper(), text)

    def of(self, choices, n=1):
        return [self.upper(self.fill(x)) for x in self.rng.sample(choices, min(n, len(choices)))]

    @staticmethod
    def upper(s):
        return s[:1].upper() + s[1:]

    def topic(self, month):
        """One that people talk about in this month."""
        return self.rng.choice([t for t, v in TOPICS.items() if month in v[0]])

    def subject(self, topic, n):
        """Never the same twice."""
        s = self.rng.choice(TOPICS[topic][1])
        if s in self.used:
            where = self.rng.choice(PLACES)
            s = f'{s.rstrip("?")}, at {where}{"?" if s.endswith("?") else ""}'
        if s in self.used:
            s = f'{s.rstrip("?")} ({n}){"?" if s.endswith("?") else ""}'
        self.used.add(s)
        return s

    def mail(self, name, *paragraphs):
        r = self.rng
        hello = r.choice(HELLO) + '\n\n' if r.random() < .7 else ''
        bye = '\n\n' + r.choice(BYE) if r.random() < .5 else ''
        return hello + '\n\n'.join(paragraphs) + f'{bye}\n{name.split()[0]}\n'

    def question(self, name, topic):
        _, _, asks, _, _ = TOPICS[topic]
        return self.mail(name, ' '.join(self.of(FACTS, 2)), ' '.join(self.of(asks, self.rng.choice((1, 1, 2)))))

    def answer(self, name, topic):
        _, _, _, answers, _ = TOPICS[topic]
        return self.mail(name, ' '.join(self.of(answers, self.rng.choice((1, 1, 2))) + self.of(FACTS)))

    def remark(self, name):
        return self.mail(name, ' '.join(self.of(AGREE) + self.of(FACTS, self.rng.choice((1, 2)))))

    def story(self, name, topic):
        return self.mail(name, self.upper(self.fill(TOPICS[topic][4])), ' '.join(self.of(FACTS, 3)), ' '.join(self.of(AGREE)))

    def practice(self, name, topic):
        return self.mail(name, 'How we do it, step by step:', '\n'.join(f'- {x}' for x in self.of(TOPICS[topic][3], 4)),
                         ' '.join(self.of(FACTS, 2)))

    def thanks(self):
        return self.of(THANKS)[0]


def wrap(text, width=72):
    out = []
    for line in text.split('\n'):
        out += textwrap.wrap(line, width, subsequent_indent='  ' if line.startswith('- ') else '') or ['']
    return '\n'.join(out)
