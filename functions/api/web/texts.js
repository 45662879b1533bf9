// Every text that the page says by itself, in English and Russian. The browser's languages choose; other languages get English.

const LANGUAGES = ["en", "ru"];

const TEXTS = {
  "page.title": ["Quartet", "Quartet"],
  "page.skip": ["Skip to content", "К содержанию"],
  "nav.label": ["Main", "Главное меню"],
  "nav.new": ["New page", "Новая страница"],
  "nav.tally": ["Compare models", "Сравнение моделей"],
  "nav.diagnostics": ["Diagnostics", "Диагностика"],
  "banner.label": ["Demo", "Демо"],
  "banner.demo": ["Demo model: no OPENAI_API_KEY is set, so these pages are canned, not generated", "Демо-модель: OPENAI_API_KEY не задан, поэтому страницы заготовлены, а не сгенерированы"],
  "intro": ["One sentence or screenshot, four models, four pages.", "Одна фраза или снимок экрана, четыре модели, четыре страницы."],
  "footer": ["Everything you see is saved before it is shown.", "Всё, что вы видите, сохранено до показа."],
  "footer.version": ["Version {version}.", "Версия {version}."],

  "connection.idle": ["", ""],
  "connection.connecting": ["Connecting…", "Подключение…"],
  "connection.open": ["Connected", "Подключено"],
  "connection.waiting": ["Connection lost, reconnecting. Nothing is lost.", "Связь прервалась, подключаемся снова. Ничего не потеряно."],
  "server.unreachable": ["The server cannot be reached. Trying again…", "Сервер недоступен. Пробуем снова…"],

  "start.prompt": ["Describe the page", "Опишите страницу"],
  "start.example": ["A landing page for a small bakery, with opening hours and a map", "Сайт небольшой пекарни с часами работы и картой"],
  "start.hint": ["Paste or drop screenshots here, too.", "Снимки экрана можно вставить или перетащить сюда."],
  "start.screenshots": ["Screenshots", "Снимки экрана"],
  "start.add": ["Add screenshots", "Добавить снимки"],
  "start.import": ["Import a page", "Импортировать страницу"],
  "start.stack": ["Built with", "Технологии"],
  "start.generate": ["Generate", "Создать"],
  "start.fromScreenshots": ["From screenshots", "По снимкам экрана"],
  "start.tooMany": ["At most {most} screenshots go together; the others were left out.", "Вместе можно отправить не больше {most} снимков; остальные не добавлены."],
  "start.notImages": ["Only PNG, JPEG, GIF and WebP images can be added.", "Можно добавить только изображения PNG, JPEG, GIF и WebP."],
  "start.screenshot": ["Screenshot", "Снимок экрана"],
  "start.remove": ["Remove {name}", "Убрать {name}"],
  "import.title": ["Import a page", "Импорт страницы"],
  "import.text": ["Choose an HTML file or paste its code; then say what should change.", "Выберите файл HTML или вставьте код, затем напишите, что изменить."],
  "import.file": ["Choose a file", "Выбрать файл"],
  "import.code": ["The page's code", "Код страницы"],
  "import.wish": ["What should change?", "Что изменить?"],
  "import.empty": ["Paste the page's code or choose a file first.", "Сначала вставьте код страницы или выберите файл."],
  "import.unsaid": ["Say what should change.", "Напишите, что изменить."],
  "import.go": ["Import and change", "Импортировать и изменить"],
  "dialog.cancel": ["Cancel", "Отмена"],
  "dialog.close": ["Close", "Закрыть"],

  "generation.sending": ["Sending…", "Отправляем…"],
  "generation.accepted": ["Accepted. This page can be closed and opened again at any time.", "Принято. Страницу можно закрыть и открыть снова в любой момент."],
  "generation.loading": ["Bringing it back…", "Возвращаем…"],
  "generation.running": ["Still being written.", "Ещё пишется."],
  "generation.completed": ["All pages are done and saved.", "Все страницы готовы и сохранены."],
  "generation.partial": ["Some pages are done and saved.", "Часть страниц готова и сохранена."],
  "generation.failed": ["No page could be made.", "Не удалось создать ни одной страницы."],
  "generation.cancelled": ["Stopped. What had been written is kept.", "Остановлено. Написанное сохранено."],
  "generation.nothing": ["Nothing here", "Здесь ничего нет"],
  "generation.missing": ["There is no generation under this address. It may have been deleted, or belong to someone else.", "По этому адресу ничего нет. Возможно, запись удалена или принадлежит другому."],
  "generation.overSocket": ["{problem} Trying over the socket…", "{problem} Пробуем через сокет…"],
  "generation.refused": ["The request was refused.", "Запрос отклонён."],
  "generation.stopAll": ["Stop all", "Остановить все"],
  "generation.delete": ["Delete this generation", "Удалить этот запрос"],
  "generation.models": ["Models", "Модели"],
  "versions.label": ["Versions", "Версии"],
  "versions.repeat": ["{models}, again", "{models}, ещё раз"],
  "versions.imported": ["Imported page", "Импортированная страница"],

  "pane.variant": ["Variant {number}", "Вариант {number}"],
  "pane.substitute": ["{used} for {asked}", "{used} вместо {asked}"],
  "state.queued": ["Waiting", "Ожидание"],
  "state.running": ["Writing", "Пишет"],
  "state.stopping": ["Stopping", "Остановка"],
  "state.completed": ["Done", "Готово"],
  "state.failed": ["Failed", "Ошибка"],
  "state.cancelled": ["Stopped", "Остановлено"],
  "state.partial": ["Partly done", "Готово частично"],
  "agent.planner": ["Planning", "Планирует"],
  "agent.frontend": ["Writing", "Пишет"],
  "agent.images": ["Making images", "Рисует картинки"],
  "agent.checks": ["Checking", "Проверяет"],
  "pane.first": ["Waiting for the first words…", "Ждём первых слов…"],
  "pane.unseen": ["The page appears with its first words…", "Страница появится с первыми словами…"],
  "pane.again": ["Starting again…", "Начинает заново…"],
  "pane.refused": ["It could not be asked again: {problem}", "Не удалось спросить снова: {problem}"],
  "pane.noText": ["Nothing was written.", "Ничего не написано."],
  "pane.noSight": ["It ended before there was anything to see. Code shows what was written.", "Закончилось раньше, чем появилось что показать. Написанное видно в коде."],
  "pane.cutOff": ["The model did not come to the page's end, however often it was asked to go on: the page is cut off.", "Модель не дописала страницу до конца, сколько её ни просили продолжить: страница обрывается."],
  "pane.kept": ["What had been written is kept.", "Написанное сохранено."],
  "pane.checks": ["What was found about the page", "Замечания к странице"],
  "pane.attempt": ["attempt {number}", "попытка {number}"],
  "pane.progress": ["Progress of {model}", "Ход работы {model}"],
  "pane.preview": ["Preview", "Вид"],
  "pane.code": ["Code", "Код"],
  "pane.previewOf": ["Preview of {model}", "Вид страницы от {model}"],
  "pane.codeOf": ["Code of {model}", "Код от {model}"],
  "pane.viewOf": ["View of {model}", "Что показать от {model}"],
  "pane.widthOf": ["Width of {model}", "Ширина страницы от {model}"],
  "pane.desktop": ["Desktop", "Компьютер"],
  "pane.mobile": ["Mobile", "Телефон"],
  "pane.fullscreen": ["Full screen", "Во весь экран"],
  "pane.fullscreenOf": ["Full screen: {model}", "Во весь экран: {model}"],
  "pane.leaveFullscreen": ["Leave full screen", "Выйти из полного экрана"],
  "pane.stop": ["Stop", "Стоп"],
  "pane.stopOf": ["Stop {model}", "Остановить {model}"],
  "pane.retry": ["Try again", "Повторить"],
  "pane.retryOf": ["Try again with {model}", "Повторить с {model}"],
  "pane.copy": ["Copy", "Копировать"],
  "pane.copyOf": ["Copy the code of {model}", "Копировать код от {model}"],
  "pane.copied": ["Copied", "Скопировано"],
  "pane.notAllowed": ["Not allowed", "Запрещено"],
  "pane.open": ["Open", "Открыть"],
  "pane.openOf": ["Open the page of {model} in a new tab", "Открыть страницу от {model} в новой вкладке"],
  "pane.download": ["HTML", "HTML"],
  "pane.downloadOf": ["HTML: download the page of {model} as one file", "HTML: скачать страницу от {model} одним файлом"],
  "pane.zip": ["ZIP", "ZIP"],
  "pane.zipOf": ["ZIP: download the page of {model} with its images", "ZIP: скачать страницу от {model} с картинками"],
  "pane.zipFailed": ["The archive could not be made: {problem}", "Не удалось создать архив: {problem}"],
  "pane.pick": ["Best", "Лучшая"],
  "pane.pickOf": ["Best: pick {model} as the winner", "Лучшая: выбрать {model}"],
  "pane.pickFailed": ["The choice could not be saved: {problem}", "Не удалось сохранить выбор: {problem}"],
  "pane.edit": ["Change", "Изменить"],
  "pane.editOf": ["Change the page of {model}", "Изменить страницу от {model}"],
  "edit.wish": ["What should change?", "Что изменить?"],
  "edit.example": ["Make the header green", "Сделай шапку зелёной"],
  "edit.select": ["Select an element", "Выбрать элемент"],
  "edit.selecting": ["Click the element in the preview, or use the arrow keys and Enter. Escape ends it.", "Нажмите на элемент в окне просмотра или выберите его стрелками и Enter. Escape отменяет."],
  "edit.selected": ["About {element}", "Про {element}"],
  "edit.unselect": ["Forget the element", "Убрать элемент"],
  "edit.go": ["Change it", "Изменить"],

  "history.title": ["Earlier pages", "Прежние страницы"],
  "history.loading": ["Loading…", "Загрузка…"],
  "history.search": ["Search", "Поиск"],
  "history.searchLabel": ["Search earlier pages", "Поиск по прежним страницам"],
  "history.more": ["Show older", "Показать более старые"],
  "history.nothing": ["Nothing yet. What you generate will be listed here.", "Пока пусто. Здесь появится всё, что вы создадите."],
  "history.notFound": ["Nothing was found.", "Ничего не найдено."],
  "history.failed": ["The list could not be loaded: {problem}", "Не удалось загрузить список: {problem}"],
  "history.noPrompt": ["(no description)", "(без описания)"],
  "delete.go": ["Delete", "Удалить"],
  "delete.of": ["Delete {prompt}", "Удалить {prompt}"],
  "delete.sure": ["Delete “{prompt}”?", "Удалить «{prompt}»?"],
  "delete.forGood": ["Its pages, pictures and screenshots go with it, for good, and what is still being written stops. Changes that were made of it stay.", "Навсегда исчезнут её страницы, картинки и снимки экрана, а то, что ещё пишется, остановится. Сделанные из неё варианты останутся."],
  "delete.failed": ["It could not be deleted: {problem}", "Не удалось удалить: {problem}"],
  "delete.done": ["Deleted.", "Удалено."],
  "delete.gone": ["This was deleted. What is still to be seen is only in this tab, and goes with it.", "Это удалено. То, что ещё видно, есть только в этой вкладке и исчезнет вместе с ней."],
  "time.now": ["just now", "только что"],
  "time.minutes": ["{count} min ago", "{count} мин назад"],
  "time.after": ["after {time}", "после {time}"],
  "time.hours": ["{count} h ago", "{count} ч назад"],
  "format.tokens": ["{input} + {output} tokens", "{input} + {output} токенов"],
  "format.seconds": ["{count} s", "{count} с"],
  "format.minutes": ["{minutes} min {seconds} s", "{minutes} мин {seconds} с"],

  "tally.title": ["Which model does best", "Какая модель лучше"],
  "tally.text": ["Finished generations: {generations}. Those in which you picked a winner among several pages: {compared}.", "Завершённых запросов: {generations}. Из них с выбором лучшей страницы из нескольких: {compared}."],
  "tally.part": ["Only the latest are counted.", "Учтены только последние."],
  "tally.empty": ["Nothing to compare yet: generate pages, then mark the best one.", "Пока нечего сравнивать: создайте страницы и отметьте лучшую."],
  "tally.failed": ["The tally could not be loaded: {problem}", "Не удалось загрузить сравнение: {problem}"],
  "tally.model": ["Model", "Модель"],
  "tally.won": ["Won", "Побед"],
  "tally.pages": ["Pages", "Страниц"],
  "tally.time": ["Mean time", "Среднее время"],
  "tally.tokens": ["Tokens in + out", "Токены на входе + выходе"],
  "tally.cost": ["Cost", "Стоимость"],
  "tally.perPage": ["{cost} a page", "{cost} за страницу"],
  "tally.share": ["{won} of {compared} ({percent}%)", "{won} из {compared} ({percent}%)"],
  "tally.ratio": ["{completed} of {variants}", "{completed} из {variants}"],

  "diagnostics.title": ["Diagnostics", "Диагностика"],
  "diagnostics.text": ["What was sent and received, without your texts and pages. Copy it into a bug report.", "Что было отправлено и получено, без ваших текстов и страниц. Скопируйте в сообщение об ошибке."],
  "diagnostics.copy": ["Copy", "Копировать"],

  "signIn.title": ["Who are you?", "Кто вы?"],
  "signIn.text": ["This server wants a token from everybody. Whoever runs it has yours.", "Этот сервер спрашивает у каждого токен. Ваш есть у того, кто держит сервер."],
  "signIn.token": ["Your token", "Ваш токен"],
  "signIn.keep": ["Keep it in this browser until I sign out", "Хранить в этом браузере, пока я не выйду"],
  "signIn.go": ["Sign in", "Войти"],
  "signIn.out": ["Sign out", "Выйти"],
  "signIn.refused": ["The server does not take this token. It may be mistyped, or have ended.", "Сервер не принимает этот токен. Возможно, в нём опечатка или его срок истёк."],
  "signIn.again": ["Your token is not good any more. Nothing is lost: what was begun goes on.", "Ваш токен больше не действует. Ничего не потеряно: начатое продолжается."],
  "share.open": ["Share", "Поделиться"],
  "share.title": ["Links to this generation", "Ссылки на этот запрос"],
  "share.text": ["Whoever has a link sees this generation, without a token, and nothing else. Nothing can be changed by it.", "По ссылке этот запрос видно без токена, и больше ничего. Изменить по ней ничего нельзя."],
  "share.for": ["It ends", "Она кончится"],
  "share.hour": ["after an hour", "через час"],
  "share.day": ["after a day", "через день"],
  "share.week": ["after a week", "через неделю"],
  "share.never": ["when it is revoked", "когда её отзовут"],
  "share.make": ["Make a link", "Создать ссылку"],
  "share.url": ["The link, which is shown only now", "Ссылка, она показана только сейчас"],
  "share.copy": ["Copy the link", "Копировать ссылку"],
  "share.none": ["There is no link so far.", "Ссылок пока нет."],
  "share.made": ["Made {time}.", "Создана {time}."],
  "share.ends": ["Ends {time}.", "Кончится {time}."],
  "share.revoke": ["Revoke", "Отозвать"],
  "share.revoked": ["Revoked.", "Отозвана."],
  "share.guest": ["You see this by a link. Nothing can be changed by it.", "Вы видите это по ссылке. Изменить по ней ничего нельзя."],
  "share.nothing": ["This link shows nothing (any more): it has ended, was revoked, or what it showed was deleted.", "Эта ссылка больше ничего не показывает: она кончилась, отозвана, или то, что она показывала, удалено."],
  "error.answered": ["The server answered {status}.", "Сервер ответил {status}."],
  "error.unknown": ["Something went wrong ({code}).", "Что-то пошло не так ({code})."],
};

function placeOfLanguage() {
  const wanted = globalThis.navigator?.languages ?? [];
  for (const tag of wanted) {
    const place = LANGUAGES.indexOf(tag.slice(0, 2).toLowerCase());
    if (place >= 0) return place;
  }
  return 0;
}

const place = placeOfLanguage();

/** The language of the page's texts, as a tag. */
export const LANGUAGE = LANGUAGES[place];

/** The text of a line of a table, in the page's language. */
export function choose(texts) {
  return texts[place];
}

/** A text with values in the place of their names. */
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** A text of the table, with values in the place of their names. */
export function t(key, values = {}) {
  return fill(TEXTS[key]?.[place] ?? key, values);
}

/** Puts texts into the elements that name them: `data-text` for what they say, `data-label` for their label, `data-hint` for an
 *  input's placeholder. */
export function localize(root) {
  for (const element of root.querySelectorAll("[data-text]")) element.textContent = t(element.dataset.text);
  for (const element of root.querySelectorAll("[data-label]")) element.setAttribute("aria-label", t(element.dataset.label));
  for (const element of root.querySelectorAll("[data-tip]")) element.title = t(element.dataset.tip);
  for (const element of root.querySelectorAll("[data-hint]")) element.placeholder = t(element.dataset.hint);
}

/** Every key with its texts, for tests. */
export function entries() {
  return Object.entries(TEXTS);
}
