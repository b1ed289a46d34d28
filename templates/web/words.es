# What people read on pages, in Spanish. Below each English piece, as it stands between [[ ]] in a
# template, what takes its place, behind a tab. "%b05" and "%B05" are the fifth month, short and long;
# "%-d %b %Y" and the like are how dates are written.
(new threads)
	(hilos nuevos)
(open questions)
	(preguntas abiertas)
(placed by its subject)
	(colocado por su asunto)
1 message
	1 mensaje
1 message for <b dir="auto">{{query}}</b>
	1 mensaje para <b dir="auto">{{query}}</b>
1 new message since <time datetime="{{news_from.iso}}">{{news_from.text}}</time>
	1 mensaje nuevo desde el <time datetime="{{news_from.iso}}">{{news_from.text}}</time>
1 person
	1 persona
1 reply
	1 respuesta
1 thread
	1 hilo
<time datetime="{{first.iso}}">{{first.date}}</time> to <time datetime="{{last.iso}}">{{last.date}}</time>
	del <time datetime="{{first.iso}}">{{first.date}}</time> al <time datetime="{{last.iso}}">{{last.date}}</time>
A message is not archived, as its author asked.
	Un mensaje no está en el archivo porque su autor lo pidió.
A message that is not in this archive.
	Un mensaje que no está en este archivo.
A message was removed here.
	Aquí se retiró un mensaje.
A new thread was started from here: <a href="{{url}}" dir="auto">{{title}}</a>
	Desde aquí empezó un hilo nuevo: <a href="{{url}}" dir="auto">{{title}}</a>
A patch as the answer:
	Un parche como respuesta:
A quotation mark was missing; it was taken to stand at the end.
	Faltaban unas comillas; se pusieron al final.
A word before a colon was not one that this search knows, and was searched for as it stands.
	Una palabra ante dos puntos no la conoce esta búsqueda; se buscó tal cual.
About
	Acerca de
About the archive
	Acerca del archivo
About this list
	Acerca de esta lista
About {{list.title}}
	Acerca de {{list.title}}
Activity
	Actividad
Addresses of people are never shown. A message with the header field <code>X-No-Archive: yes</code> is mailed but not kept here.
	Las direcciones de las personas no se muestran nunca. Un mensaje con el campo <code>X-No-Archive: yes</code> se envía pero no se guarda aquí.
All digests
	Todos los resúmenes
All lists
	Todas las listas
All questions
	Todas las preguntas
Also a thread of
	También un hilo de
Also new
	También nuevo
Also on
	También en
Among them are the lists that you are on.
	Entre ellas están las listas en las que estás.
An archive by Guildpost
	Un archivo de Guildpost
And {{more_count}} more:
	Y {{more_count}} más:
Answer
	Responder
Answer from a terminal
	Responder desde un terminal
Anybody may post.
	Cualquiera puede escribir.
Around this message
	En torno a este mensaje
As sent
	Tal como se envió
Begun by people who are new here
	De personas nuevas aquí
By date
	Por fecha
By month
	Por meses
Called solved
	Dado por resuelto
Conversations
	Conversaciones
Days
	Días
Did you mean <a href="{{url}}" dir="auto">{{query}}</a>?
	¿Querías decir <a href="{{url}}" dir="auto">{{query}}</a>?
Did you mean <a href="{{url}}" dir="auto">{{title}}</a>?
	¿Querías decir <a href="{{url}}" dir="auto">{{title}}</a>?
Digest of {{when}}
	Resumen del {{when}}
Digest, or no mail at all: mail to <a href="mailto:{{list.help_address}}">{{list.help_address}}</a> is answered with all that you can choose.
	Resúmenes, o ningún correo: a un correo a <a href="mailto:{{list.help_address}}">{{list.help_address}}</a> se responde con todo lo que puedes elegir.
Digests
	Resúmenes
Done
	Hecho
Earlier files
	Archivos anteriores
Earlier messages
	Mensajes anteriores
Earlier part
	Parte anterior
Everybody can read it.
	Todo el mundo puede leerlo.
Feed
	Canal
Feed of open questions
	Canal de preguntas abiertas
Feeds: <a href="{{list.feed_url}}">every message</a>, <a href="{{list.threads_feed_url}}">first messages only</a>. Every thread, person and search has its own.
	Canales: <a href="{{list.feed_url}}">cada mensaje</a>, <a href="{{list.threads_feed_url}}">solo los primeros mensajes</a>. Cada hilo, persona y búsqueda tiene el suyo.
Fewer words, or the beginning of one (<code>varro*</code>) may help.
	Menos palabras, o el principio de una (<code>varro*</code>), pueden ayudar.
Files
	Archivos
First messages of threads
	Primeros mensajes de los hilos
Follow by mail
	Seguir por correo
For reading
	Para leer
Fr
	vi
From
	De
From the library
	De la biblioteca
for members
	para miembros
from {{people_count}} people
	de {{people_count}} personas
How to search
	Cómo buscar
If that address may read this archive, a mail with a link is on its way to it. The link works once, for the next {{log_in.minutes}} minutes.
	Si esa dirección puede leer este archivo, va en camino un correo con un enlace. El enlace sirve una vez, durante los próximos {{log_in.minutes}} minutos.
If this link was yours, what it stood for has been done.
	Si este enlace era tuyo, ya está hecho lo que pedía.
If this link was yours, you are no longer on that list and get no more mail from it.
	Si este enlace era tuyo, ya no estás en esa lista y no recibirás más correo de ella.
In reply to
	En respuesta a
Is this address yours?
	¿Es tuya esta dirección?
It is for the members of the list.
	Es para los miembros de la lista.
It is for the people who look after the list.
	Es para quienes cuidan de la lista.
It may have been mistyped, or cut off in a mail.
	Quizá se escribió mal, o se cortó en un correo.
It was in this archive once and has been taken out for good.
	Estuvo en este archivo y se retiró para siempre.
It works once, and not for long. Go back to the page that you wanted to read and ask for a new one.
	Sirve una vez, y no por mucho tiempo. Vuelve a la página que querías leer y pide otro.
Join the list
	Entrar en la lista
Join this list?
	¿Entrar en esta lista?
Join: mail <a href="mailto:{{subscribe_address}}">{{subscribe_address}}</a>
	Entrar: un correo a <a href="mailto:{{subscribe_address}}">{{subscribe_address}}</a>
Join: send any mail to <a href="mailto:{{list.subscribe_address}}">{{list.subscribe_address}}</a>.
	Entrar: envía cualquier correo a <a href="mailto:{{list.subscribe_address}}">{{list.subscribe_address}}</a>.
Kept
	Guardado
Kept in the library:
	Guardado en la biblioteca:
Kept in the library
	Guardado en la biblioteca
Latest: <a href="{{url}}" dir="auto">{{title}}</a>, <time datetime="{{last.iso}}">{{last.short}}</time>
	Lo último: <a href="{{url}}" dir="auto">{{title}}</a>, <time datetime="{{last.iso}}">{{last.short}}</time>
Leave a list
	Dejar una lista
Leave the list
	Dejar la lista
Leave this list?
	¿Dejar esta lista?
Leave: mail <a href="mailto:{{unsubscribe_address}}">{{unsubscribe_address}}</a>
	Salir: un correo a <a href="mailto:{{unsubscribe_address}}">{{unsubscribe_address}}</a>
Leave: send any mail to <a href="mailto:{{list.unsubscribe_address}}">{{list.unsubscribe_address}}</a>.
	Salir: envía cualquier correo a <a href="mailto:{{list.unsubscribe_address}}">{{list.unsubscribe_address}}</a>.
Library
	Biblioteca
List
	Lista
Lists
	Listas
Log in
	Entrar
Log out
	Salir
Log out everywhere
	Salir en todas partes
Log out?
	¿Salir?
Look into your mailbox
	Mira en tu buzón
Mail of this list can be told by its field <code>List-Id: &lt;{{list.list_id}}&gt;</code>.
	El correo de esta lista se reconoce por su campo <code>List-Id: &lt;{{list.list_id}}&gt;</code>.
Mailing lists and their archives. What is public can be read without an account.
	Listas de correo y sus archivos. Lo que es público se lee sin cuenta.
Members can read it.
	Los miembros pueden leerlo.
Message {{number}}
	Mensaje {{number}}
Message {{number}} of {{thread_messages}}, read the thread
	Mensaje {{number}} de {{thread_messages}}, leer el hilo
Messages in each of the last 24 months
	Mensajes de cada uno de los últimos 24 meses
Messages may be up to {{max_size}}.
	Los mensajes pueden tener hasta {{max_size}}.
Messages of each day
	Mensajes de cada día
Messages of this day, newest first
	Mensajes de este día, los más nuevos primero
Messages with nearly this Message-ID:
	Mensajes con casi este Message-ID:
Mo
	lu
More
	Más
More about this list
	Más sobre esta lista
More people
	Más personas
More than {{total}} messages for <b dir="auto">{{query}}</b>
	Más de {{total}} mensajes para <b dir="auto">{{query}}</b>
More threads
	Más hilos
Most is said about <a href="{{url}}" dir="auto">{{title}}</a>.
	De lo que más se habla es <a href="{{url}}" dir="auto">{{title}}</a>.
Narrow the search
	Afinar la búsqueda
Nested
	Anidado
new here
	nuevo aquí
Newest first
	Lo más nuevo primero
Newest threads
	Hilos más nuevos
Next part
	Parte siguiente
No message came with a file so far.
	Todavía no ha llegado ningún mensaje con un archivo.
No message has <b dir="auto">{{query}}</b>.
	Ningún mensaje contiene <b dir="auto">{{query}}</b>.
No messages yet
	Aún no hay mensajes
No question is open. To ask one, write to {{list.address}}; #question in the subject says that it is one.
	No hay ninguna pregunta abierta. Para hacer una, escribe a {{list.address}}; #question en el asunto dice que lo es.
Nobody has answered these yet. If you can help, write: the thread says how.
	Nadie las ha respondido todavía. Si puedes ayudar, escribe: en el hilo está cómo.
Not allowed
	No permitido
Not allowed here
	No permitido aquí
Not here
	Aquí no
Not understood
	No se entiende
Nothing came? Look among what your mail program takes for spam, or try another of your addresses.
	¿No ha llegado nada? Mira entre el correo no deseado, o prueba otra de tus direcciones.
Nothing has been kept yet. A moderator keeps a thread by a reply to it that begins with: keep: Title #tags
	Aún no se ha guardado nada. Un moderador guarda un hilo con una respuesta que empieza así: keep: Título #etiquetas
Nothing has been posted yet. Be the first: write to <a href="mailto:{{list.address}}">{{list.address}}</a>.
	Todavía no se ha escrito nada. Empieza tú: escribe a <a href="mailto:{{list.address}}">{{list.address}}</a>.
Nothing new since <time datetime="{{news_from.iso}}">{{news_from.text}}</time>
	Nada nuevo desde el <time datetime="{{news_from.iso}}">{{news_from.text}}</time>
Nothing was written in the last days.
	No se ha escrito nada en los últimos días.
Older threads
	Hilos más antiguos
On {{date.text}}, {{author}} wrote:
	El {{date.text}}, {{author}} escribió:
One click, and its mail stops. You can join again at any time.
	Un clic, y deja de llegar su correo. Puedes volver cuando quieras.
One click, and this browser may read what you may read, for 30 days. On a computer that others use too, log out when you are done: the link is at the foot of each page.
	Un clic, y este navegador puede leer lo que tú puedes leer, durante 30 días. En un ordenador que usan otros, sal cuando acabes: el enlace está al pie de cada página.
One click, and you are on it, or its moderators are asked.
	Un clic, y ya estás dentro, o se pregunta a los moderadores.
One moment
	Un momento
One moment, please
	Un momento, por favor
Only
	Solo
Only the moderators' posts appear at once, others wait for one of them.
	Solo lo que escriben los moderadores aparece enseguida; lo demás espera a uno de ellos.
Open
	Abiertas
Outline
	Esquema
People
	Personas
Permalink
	Enlace permanente
Post to <a href="mailto:{{address}}">{{address}}</a>
	Escribir a <a href="mailto:{{address}}">{{address}}</a>
Post: write to <a href="mailto:{{list.address}}">{{list.address}}</a>.
	Escribir: envía a <a href="mailto:{{list.address}}">{{list.address}}</a>.
Posts by members appear at once, others wait for a moderator.
	Lo que escriben los miembros aparece enseguida; lo demás espera a un moderador.
Questions
	Preguntas
Raw
	En bruto
Raw message
	Mensaje en bruto
Read
	Leer
Read the archive?
	¿Leer el archivo?
Recently active threads
	Hilos activos últimamente
Removed
	Retirado
Replies
	Respuestas
Reply
	Responder
Report or remove a message
	Avisar de un mensaje o hacerlo retirar
Sa
	sá
Say yes
	Decir que sí
Search
	Buscar
Search <span dir="auto">{{title}}</span>
	Búsqueda en <span dir="auto">{{title}}</span>
Search all lists
	Buscar en todas las listas
Search for “{{words}}”
	Buscar «{{words}}»
Search this list
	Buscar en esta lista
Search {{title}} for “{{words}}”
	Buscar «{{words}}» en {{title}}
Send any mail to <a href="mailto:{{list.subscribe_address}}">{{list.subscribe_address}}</a> to join, and write to <a href="mailto:{{list.address}}">{{list.address}}</a>.
	Envía cualquier correo a <a href="mailto:{{list.subscribe_address}}">{{list.subscribe_address}}</a> para entrar, y escribe a <a href="mailto:{{list.address}}">{{list.address}}</a>.
Send me a link
	Enviadme un enlace
Sent
	Enviado
Show all alike
	Mostrar todo igual
Signed by its author; this archive does not check signatures, the raw message can be checked.
	Firmado por su autor; este archivo no comprueba firmas, en el mensaje en bruto se puede.
Size
	Tamaño
Skip to content
	Saltar al contenido
Solved
	Resueltas
Solved by what {{author}} wrote:
	Resuelto por lo que escribió {{author}}:
Some threads are for members: <a href="{{log_in_url}}" rel="nofollow">log in</a>.
	Algunos hilos son para miembros: <a href="{{log_in_url}}" rel="nofollow">entrar</a>.
Some threads of {{list_name}} are not for everybody
	Algunos hilos de {{list_name}} no son para todo el mundo
Somebody
	Alguien
Somebody says that this is true no more:
	Alguien dice que esto ya no es cierto:
Something is wrong
	Algo va mal
Something is wrong here
	Aquí algo va mal
Su
	do
Summary
	Resumen
Summed up by {{summed_by}}
	Resumido por {{summed_by}}
Take part
	Participar
Taking part
	Participar
Text
	Texto
Th
	ju
The address or what was sent with it is not one that this archive knows.
	Este archivo no conoce esa dirección, o lo que se envió con ella.
The archive
	El archivo
The archive of {{list_name}} is not for everybody
	El archivo de {{list_name}} no es para todo el mundo
The fault is ours and has been noted.
	El fallo es nuestro y ha quedado anotado.
The first is of <time datetime="{{first.iso}}">{{first.date}}</time>.
	El primero es del <time datetime="{{first.iso}}">{{first.date}}</time>.
The last days
	Los últimos días
The last week
	La última semana
The mail with this link says what was asked for in your name. One click, and it is done.
	El correo con este enlace dice qué se pidió en tu nombre. Un clic, y está hecho.
The mail with this link says who wants to share it with you. Say yes only when that is you, too.
	El correo con este enlace dice quién quiere compartirla contigo. Di que sí solo si también eres tú.
The query was too long; its beginning was used.
	La búsqueda era demasiado larga; se usó su principio.
The rest
	El resto
The server can't do this right now. Please try again in half a minute.
	El servidor no puede hacerlo ahora mismo. Vuelve a probar dentro de medio minuto.
The week up to {{when}}
	La semana hasta el {{when}}
The whole thread, for a mail program:
	Todo el hilo, para un programa de correo:
The whole thread, 1 message
	Todo el hilo, 1 mensaje
The whole thread, {{messages}} messages
	Todo el hilo, {{messages}} mensajes
There is no password: say which address the list knows you by, and you get a mail with a link that lets you in.
	No hay contraseña: di con qué dirección te conoce la lista, y recibirás un correo con un enlace para entrar.
There is no public list here yet.
	Aquí aún no hay ninguna lista pública.
There is no word to look for in this.
	Ahí no hay ninguna palabra que buscar.
There is nothing at this address
	En esta dirección no hay nada
They are for members of the list, or for those who were members then.
	Son para los miembros de la lista, o para quienes lo eran entonces.
This address can only be read.
	Esta dirección solo se puede leer.
This could not be understood
	Esto no se ha entendido
This link has had its time
	Este enlace ya no sirve
This message is encrypted: only those it was written to can read it.
	Este mensaje está cifrado: solo pueden leerlo aquellos a quienes se escribió.
This message is longer: <a href="{{url}}">read all of it</a> or <a href="{{raw_url}}" rel="nofollow">get it as it came</a>.
	Este mensaje es más largo: <a href="{{url}}">leerlo entero</a> o <a href="{{raw_url}}" rel="nofollow">traerlo tal como llegó</a>.
This message was removed
	Este mensaje se retiró
This page as JSON
	Esta página en JSON
This thread was started from a message about <a href="{{place_url}}" dir="auto">{{title}}</a>.
	Este hilo empezó a partir de un mensaje sobre <a href="{{place_url}}" dir="auto">{{title}}</a>.
Those who look after the list can read it.
	Quienes cuidan de la lista pueden leerlo.
Threads
	Hilos
Threads active in {{page.title}}
	Hilos activos: {{page.title}}
To
	A
To change it: send
	Para cambiarla: envía
To see later what came after now, keep <a href="{{news_url}}" rel="nofollow">this link</a>.
	Para ver más tarde lo que llegó después de ahora, guarda <a href="{{news_url}}" rel="nofollow">este enlace</a>.
To see later what came after this, keep <a href="{{news_url}}" rel="nofollow">this link</a>.
	Para ver más tarde lo que llegó después, guarda <a href="{{news_url}}" rel="nofollow">este enlace</a>.
To take down a message of yours, mail its address or number to <a href="mailto:{{list.takedown_address}}">{{list.takedown_address}}</a>. For all else that should go, write to <a href="mailto:{{list.owner_address}}">{{list.owner_address}}</a>.
	Para retirar un mensaje tuyo, envía su dirección o su número a <a href="mailto:{{list.takedown_address}}">{{list.takedown_address}}</a>. Para todo lo demás que deba irse, escribe a <a href="mailto:{{list.owner_address}}">{{list.owner_address}}</a>.
Too big
	Demasiado grande
Tu
	ma
Version {{version}}
	Versión {{version}}
Waiting for an answer
	Esperan respuesta
Was it solved? Whoever asked can say so: reply with the word solved.
	¿Se resolvió? Quien preguntó puede decirlo: responder con la palabra «resuelto».
Was that you?
	¿Has sido tú?
We
	mi
What came with messages, the newest first
	Lo que llegó con los mensajes, lo más nuevo primero
What is new since <time datetime="{{iso}}">{{text}}</time> is marked.
	Lo nuevo desde el <time datetime="{{iso}}">{{text}}</time> está marcado.
What it is for
	Para qué es
What was new on a day, in a week or in a month: the same as members get by mail.
	Lo nuevo de un día, una semana o un mes: lo mismo que los miembros reciben por correo.
What was said here may be passed on, not who said it: names, files and signatures are not shown.
	Lo que se dijo aquí se puede contar, pero no quién lo dijo: no se muestran nombres, archivos ni firmas.
What was sent or asked for is over the limits of this archive.
	Lo que se envió o se pidió supera los límites de este archivo.
What {{list.title}} has found out and keeps
	Lo que {{list.title}} ha averiguado y guarda
Where it comes from
	De dónde viene
Who answered whom
	Quién respondió a quién
Who wrote it
	Quién lo escribió
Who wrote to {{list.title}}, the latest first
	Quién escribió a {{list.title}}, los últimos primero
With answers
	Con respuestas
Year
	Año
Yes, it is mine
	Sí, es mía
Yes, that was me
	Sí, he sido yo
You are logged in.
	Has entrado.
This logs you out here and on every other device. A new link by mail lets you in again.
	Con esto sales aquí y en cualquier otro aparato. Un nuevo enlace por correo te deja entrar otra vez.
Your address
	Tu dirección
all of it
	todo
and {{more_people}} more
	y {{more_people}} más
and {{waiting_rest}} more
	y {{waiting_rest}} más
and 1 more
	y 1 más
begun <time datetime="{{first.iso}}">{{first.date}}</time>
	empezado el <time datetime="{{first.iso}}">{{first.date}}</time>
both words, in any of their forms
	las dos palabras, en cualquiera de sus formas
by date; also <code>after:30d</code> and <code>before:2026</code>
	por fecha; también <code>after:30d</code> y <code>before:2026</code>
confirmed {{confirmed.date}}
	confirmado el {{confirmed.date}}
from 1 person
	de 1 persona
from {{people}} people
	de {{people}} personas
go to the first
	ir al primero
in doubt
	en duda
in reply to <a href="{{url}}" dir="auto">{{>author}}</a>
	en respuesta a <a href="{{url}}" dir="auto">{{>author}}</a>
in solved threads
	en hilos resueltos
just these words, together
	justo estas palabras, juntas
last week
	la semana pasada
mailing lists
	listas de correo
messages with these
	mensajes que los tienen
new
	nuevo
newest first
	lo más nuevo primero
no reply yet
	aún sin respuesta
not in this archive
	no está en este archivo
not public
	no es público
one of them
	una de ellas
only there
	solo ahí
question
	pregunta
quoted lines
	líneas citadas
replies go to the members of all
	las respuestas van a los miembros de todas
since <time datetime="{{first.iso}}">{{first.date}}</time>
	desde el <time datetime="{{first.iso}}">{{first.date}}</time>
since May
	desde mayo
solved
	resuelto
to
	a
with files
	con archivos
without a word
	sin una palabra
without names
	sin nombres
words that begin so
	palabras que empiezan así
{{answered_count}} with answers
	{{answered_count}} con respuestas
{{author}} answered,
	{{author}} respondió,
{{message_count}} messages
	{{message_count}} mensajes
{{messages}} messages
	{{messages}} mensajes
{{new_count}} new
	nuevos: {{new_count}}
{{news}} new
	{{news}} nuevos
{{news}} new messages since <time datetime="{{news_from.iso}}">{{news_from.text}}</time>
	{{news}} mensajes nuevos desde el <time datetime="{{news_from.iso}}">{{news_from.text}}</time>
{{open_count}} open
	{{open_count}} abiertas
{{page_from}} to {{page_to}} of {{page_of}}
	{{page_from}} a {{page_to}} de {{page_of}}
{{people}} people
	{{people}} personas
{{recent}} in the last 30 days
	{{recent}} en los últimos 30 días
{{replies}} replies
	{{replies}} respuestas
{{solved_count}} solved
	{{solved_count}} resueltas
{{thread_count}} threads
	{{thread_count}} hilos
{{threads}} threads
	{{threads}} hilos
{{total}} messages for <b dir="auto">{{query}}</b>
	{{total}} mensajes para <b dir="auto">{{query}}</b>
“{{read_date}}” was read as a time. Put it into quotation marks to look for the words.
	«{{read_date}}» se leyó como un tiempo. Entre comillas se buscan las palabras.
%b01
	ene
%B01
	enero
%b02
	feb
%B02
	febrero
%b03
	mar
%B03
	marzo
%b04
	abr
%B04
	abril
%b05
	may
%B05
	mayo
%b06
	jun
%B06
	junio
%b07
	jul
%B07
	julio
%b08
	ago
%B08
	agosto
%b09
	sep
%B09
	septiembre
%b10
	oct
%B10
	octubre
%b11
	nov
%B11
	noviembre
%b12
	dic
%B12
	diciembre
%-d %b
	%-d %b
%-d %b %Y
	%-d %b %Y
%-d %b %Y, %H:%M
	%-d %b %Y, %H:%M
%-d %B %Y
	%-d de %B de %Y
%B %Y
	%B de %Y
How are we doing?
	¿Cómo nos va?
Figures of {{list.title}} that name nobody
	Cifras de {{list.title}} que no nombran a nadie
last 30 days
	últimos 30 días
30 days before
	30 días antes
messages
	mensajes
new threads
	hilos nuevos
people who wrote
	personas que escribieron
wrote for the first time
	escribieron por primera vez
questions
	preguntas
of these answered
	de ellas respondidas
of these solved
	de ellas resueltas
half of the first answers came within
	la mitad de las primeras respuestas llegó en
minute
	minuto
minutes
	minutos
hours
	horas
days
	días
written by the five who wrote most
	escrito por los cinco que más escribieron
kept in the library
	guardado en la biblioteca
Content note:
	Aviso de contenido:
first post here: welcome!
	primer mensaje aquí: ¡bienvenida!
This is an older version.
	Esta es una versión anterior.
