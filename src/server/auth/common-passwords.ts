/**
 * Words that passwords are made of when people do not think of one: what every list of leaked passwords begins with.
 * `isCommonPassword` refuses them however they are dressed: in capitals, with numbers around, with letters as digits.
 */
const WORDS = new Set(
  `
aaa abc abcd abcde abcdef abcdefg abcdefgh abcdefghi abcdefghij abcxyz access account admin administrator
adorable africa afterimage ahmed airborne airforce airplane ajax alaska alejandra alejandro alexander alexandra
alexey alexis ali allah alpha alphabet always amanda amazing amazon america american andrea andreas andrew angel
angela angelica angelo angels anthony antonio anything apollo apollothirteen apple apples april argentina army
arsenal artemis asd asdf asdfgh asdfghj asdfghjk asdfghjkl asdzxc ashley assassin asshole astronaut athena
atlantis audi august austin australia autumn avengers aviation awesome ayesha azerty azertyuiop babe baby
babyboy babygirl backup badboy badgirl bailey banana bananas bandit barbara barbie barca barcelona bart baseball
basket basketball bastard batgirl batman bayern bbb bear bears beast beatles beautiful beer believe bella
benfica benjamin benvenuto berlin besiktas bestfriend bestfriends beta beyonce bible bicycle bieber bienvenido
bienvenue bigboss bigdaddy bigdick biggie biker billionaire billy birthday bismillah bitch bitcoin black
blackcat blackpink blackwhite blacky blank blessed blessing blink blue blueberry blueblue blueeyes bluemoon
bluesky bmw bobby bobmarley bonjour boobs boss boston boxing brandon brasil braves brazil brian brilliant
broncos brother brown bts buddha buddy budweiser buffalo bull bulldog bulldogs bullet bulls bullshit bunny
business buster butter butterfly california callofduty camaro camera camila camping canada candy captain
captainamerica captainjack cardinal cardinals carlos carolina cash cat catdog cats catwoman celtic celtics
challenger champion champions change changeme charger charizard charles charlie cheese cheesecake cheetah
chelsea chemistry cherry chess chevrolet chevy chicago chicken children chile china chinese chloe chocolate
christ christian christina christine christmas christopher church cinderella cinnamon cisco claudia cobra
cocacola coco cocoa coconut coffee college colombia commando company computer contrasena contrasenya cookie
cookies cooper corinthians corona corvette cosmos counter counterstrike cowboy cowboys cowgirl cracker cricket
crystal cubs cupcake cute cutie cutiepie cycling dad daddy daisy dakota dallas dancer dancing daniel daniela
danielle darkness darling darthvader database daughter david daytona deadpool debian december default delta demo
demon denver deutschland devil diablo diamond diamonds diego dimitri director disney doctor dodge dodgers dog
doggy dogs dollar dollars dolphin dolphins donald dortmund dos dragon dragonball dragons driver drummer ducati
duck ducky duke dumbledore dvorak eagle eagles easter ebay edcrfv eddie eduardo egypt eins elizabeth elvis
emerald emily eminem employee engineer england english enterprise espana everton everything evil example
excellent exo facebook faith falcon falcons familia familie family fantastic father fatima february felix
fenerbahce fernando ferrari fisher fishing flamengo florida flower flowerpower flowers flying football ford
forest forever foreverlove fortnite fortune france francisco frankie freddy freedom friday friend friends
friendship friendster frodo froggy fuck fucker fuckme fuckoff fuckyou fussball futbol gabriel gabriela
galatasaray galaxy gallery gamma gandalf ganesh gangsta gangster garfield gators geheim general genius george
germany ghost giants ginger gladiator glory gmail god godbless godisgood goku gold golden golf golfer golfing
goodboy goodbye goodgirl goodmorning goofy google gorgeous grace grandma grandpa green greenapple greenday
griffin gryffindor guest guinness guitar gunner hacker hackers hacking hackme hades halflife halleluja hallo
halloween halo hamburg hamburger hannah hans happiness happy harley harleydavidson harrypotter haslo hassan
hawaii hawk hawks heather heaven heineken hell hellfire hello hellokitty helloworld hercules hermione hero heslo
hiking hiphop hippie history hobbit hockey hogwarts hola holiday holidays homer honda honey hope horse horses
hosanna hotgirl hotmail hotsex hotstuff hottie houston hulk hunter hunterkiller hunting ichliebedich idiot
ilovecats ilovedogs ilovegod iloveher ilovehim ilovejesus iloveme ilovemom iloveu iloveyou iluvu image images
impala india indian indonesia instagram inter intermilan internet irina ironmaiden ironman isabella istanbul
italia italy ivan jack jackass jackson jaguar jakarta james january japan jasmine jason java javascript jedi
jeep jehovah jennifer jessica jesus jesuschrist jetaime jewel jimmy john johnny joker jonathan jordan
jordanmichael jose joshua juliana july june jupiter justin justinbieber juventus kawasaki kennwort kevin killer
king kingkong kitten kitty klaus knight koala korea krishna lagos lakers lamborghini lasvegas lauren lavender
lawyer ledzeppelin legend lemon leopard letme letmein letmeinnow letters liberty library lightning lily linkedin
linkinpark linux lion lions liverpool lkjhgfdsa login logon loki lola london longhorns lordoftherings losangeles
loser love lovelove lovely loveme lover lovers loveyou lozinka lucas lucifer luck lucky lucy ludmila luffy luigi
lulu luna madison madonna madrid maggie magic magician mama manager manchester mancity mango manunited march
maria mariana marina marine marines mario markus marley mars martin martina master mastermind mateo mathematics
matrix matthew maverick max may mazda megadeth melissa mercedes mercury mercy merlin metallica mexico miami
michael michaeljackson michelle mickey mickeymouse microsoft midnight miguel milan million millionaire minecraft
minnie misty mnbvcxz mohammed molly mom mommy monday money monika monkey monster moonlight moscow moskva
motdepasse mother motherfucker motor motorcycle motorola mountain muenchen muhammad mum mumbai mummy music
musica mustang myfamily mykids mylove mysecret myspace mysql mystery naruto nascar natalie natasha navy ncc nemo
neo neptune netflix network newyear newyork nicholas nicole nigeria nikita ninja nintendo nirvana nissan nobody
nokia nothere nothing november number numberone numbers nurse ocean october odin office officer olga oliver
olivia olympus omega onedirection onepiece onetwothree onetwothreefour opensesame openup oracle orange oranges
orchid oreo orioles outlook owl pablo packers pakistan palmeiras panda panther panthers papa paris parola parole
party pass passw passwd password passwords passwort patricia patrick patriots paypal peace peaceandlove peaches
peanut pearl pedro penguin pepper pepsi perfect peru peter philippines phoenix phoenixaz photo photos physics
piano picture pictures piggy pikachu pilot pimp pineapple pink pinkfloyd pinkpanther pinky pinoy pirate pirates
pizza platinum playboy player playstation please pleaseletmein pluto poiuytrewq pokemon poker police polska pony
porsche porto poseidon postgres potter precious president pretty prince princesa princess prinzessin private
project public puppies puppy purple purplehaze pussy pwd python qaz qazwsx qazwsxedc qqq queen queenrock qwaszx
qwe qweasd qweasdzxc qwerty qwertyui qwertyuiop qwertz qwertzuiop rabbit racer rachel racing ragnarok raiders
rain rainbow ranger rangers raven ravens realmadrid rebecca red redred redrose redsox ricardo richard rihanna
river robert roberto roblox rockandroll rocket rocknroll rockstar rocky rodrigo rollingstones roma rooster root
rose roses router roxy rugby runner running russia sabine sadie saigon sailing sailor salasana samantha sammy
sample samsung samurai sandi sanfrancisco sarah sasha sasuke satan saturday saturn schalke school science scooby
scoobydoo scorpion seattle sebastian secret secretary secure security senha september sergey server sexy
sexybitch sexygirl shadow shadowcat shadows shakira shalom shark sharks shithead shooter shrek sifre signin
silver simba simpson simpsons sister skateboard skater skywalker slipknot slytherin smile smiley smokey snake
sniper snoopdogg snoopy snow snowball snowboard snowflake snowman soccer soldier someone something sommer son
sony sophia sophie sorry space spaceman spain sparky spartan speedy spider spiderman spock sporting spotify
spring springtime star starcraft starlight stars startrek starwars steelers stefan stephanie storm strawberry
student students studio study stupid subaru success sugar summer summertime sunday sunflower sunny sunset
sunshine superboy superdog supergirl superman supernova superpower superstar superuser surfer surfing susanne
suzuki svetlana sweetheart sweetie sweety swimming sydney system tarheels tatiana taylor teacher teamo temp
temporary temppass tennis tequiero tequila test tester testing testtest testuser texas thailand thanks thankyou
thomas thor thunder thursday tiamo tiger tigers tigger timmy tinkerbell titan titanic toby together tokyo tommy
toor topsecret toronto tottenham toyota trader treasure tres trial trigger trinidad trinity trucker truelove
trust trustme trustno tuesday tulip tupac turbo turkey turtle tweety twitter tyler ubuntu ukraine unicorn
unicorns universe university unknown uno usa user username vacation valentina valentine valhalla vampire vanessa
vanilla vegeta venus veronica victoria video vietnam viking viper vladimir vodka voldemort volkswagen volleyball
volvo wachtwoord warcraft warrior weapon wedding wednesday weekend welcome whatever whiskey white whitesox
whitey wifi william willkommen windows winner winnie winniethepooh winter wintertime wireless wizard wolf
wolverine wolves wonderful wonderwoman work worker working world wrestling wsx wsxedc www xbox xcvb xmas xxx xyz
yahoo yamaha yankees yellow yoda youtube yxcvbnm zelda zeppelin zeroone zeus zoe zombie zwei zxc zxcv zxcvbn
zxcvbnm zzz
`
    .trim()
    .split(/\s+/),
);

/** Rows of keys, there and back: `qwertz`, `87654321`, `zxcvbn`. */
const ROWS = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890',
  'qwertyuiop',
  'qwertzuiop',
  'azertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  'yxcvbnm',
  '1q2w3e4r5t6y7u8i9o0p',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm',
].flatMap((row) => [row, Array.from(row).toReversed().join('')]);

const LETTERS: Record<string, string> = {
  '@': 'a',
  '4': 'a',
  '3': 'e',
  '1': 'i',
  '!': 'i',
  '0': 'o',
  $: 's',
  '5': 's',
  '7': 't',
};
const undress = (text: string) => text.replace(/[@431!0$57]/g, (sign) => LETTERS[sign] ?? sign);

/** What may stand around a word without making it a password: `Summer2026!!`. */
const FRILLS = 8;

const isRun = (text: string) => ROWS.some((row) => row.includes(text) || (row + row).includes(text));

/** `abcabcabc`, `12121212`, `aaaaaaaa`: at most four signs, again and again. */
const isRepeated = (text: string) => /^(.{1,4}?)\1+.{0,3}$/.test(text);

const isWord = (text: string) => WORDS.has(text) || (text.length > 3 && isRun(text));

/** `iloveyouiloveyou`, `dragonmonkey`: one word or two. */
function isWords(text: string): boolean {
  if (isWord(text)) return true;
  for (let at = 3; at <= text.length - 3; at += 1) {
    if (isWord(text.slice(0, at)) && isWord(text.slice(at))) return true;
  }
  return false;
}

const trimStart = (text: string) => text.replace(/^[^a-z]+/, '');
const trimEnd = (text: string) => text.replace(/[^a-z]+$/, '');

/** One that is guessed within the first tries. @param password At most 128 characters. */
export function isCommonPassword(password: string): boolean {
  const text = password.toLowerCase();
  if (/^\d{0,11}$/.test(text) || isRepeated(text) || isRun(text)) return true;
  // Digits at an end may be letters in disguise or a year: each is tried.
  const cores = [
    text.replace(/[^a-z]/g, ''),
    undress(trimEnd(trimStart(text))),
    trimStart(undress(trimEnd(text))),
    trimEnd(undress(trimStart(text))),
    undress(text),
  ];
  return cores.some((core) => text.length - core.length <= FRILLS && isWords(core));
}
