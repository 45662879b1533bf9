// What the server says, by the codes that it says it with, in English and Russian. Its own words are shown beside a text only where
// they name something that a code cannot: a field, a number, the provider's reason.

import { count, instantText, soon } from "./format.js";
import { choose, fill, t } from "./texts.js";

const MESSAGES = {
  "error.not_json": ["The server could not read the request. Reload the page and try again.", "Сервер не смог прочитать запрос. Обновите страницу и повторите."],
  "error.invalid_field": ["The server does not take the request as it is.", "Сервер не принимает запрос в таком виде."],
  "error.unknown_action": ["The page and the server do not understand each other. Reload the page.", "Страница и сервер не понимают друг друга. Обновите страницу."],
  "error.too_large": ["That is more than the server takes.", "Это больше, чем принимает сервер."],
  "error.unauthorized": ["The server wants a token that is valid now. Sign in again.", "Серверу нужен действующий токен. Войдите снова."],
  "error.not_found": ["It is not there: it was deleted, or belongs to someone else.", "Этого здесь нет: удалено или принадлежит другому."],
  "error.quota_exceeded": ["A limit on what may be spent is reached. Try again later.", "Достигнут предел расходов. Повторите позже."],
  "error.conflict": ["This was sent before, with something else in it. Send it once more.", "Это уже отправляли с другим содержанием. Отправьте ещё раз."],
  "error.method_not_allowed": ["The page and the server do not understand each other. Reload the page.", "Страница и сервер не понимают друг друга. Обновите страницу."],
  "error.misconfigured": ["The server is not set up correctly. Its log says what whoever runs it has to do.", "Сервер настроен неверно. Что исправить, сказано в его журнале."],
  "error.not_configured": ["The server is not set up for this; nothing is wrong with the request.", "Сервер для этого не настроен; с запросом всё в порядке."],
  "error.unavailable": ["A part of the server did not answer. Try again in a moment.", "Часть сервера не ответила. Повторите через минуту."],
  "error.provider_authentication": ["The provider refused the server's key. Check OPENAI_API_KEY on the server, then try again.", "Провайдер отверг ключ сервера. Проверьте OPENAI_API_KEY на сервере и повторите."],
  "error.provider_quota": ["The account at the provider has no credit left. Top it up, then try again.", "На счёте у провайдера нет средств. Пополните его и повторите."],
  "error.provider_rate_limit": ["The provider is asked too often. Wait a little, then try again.", "Провайдер ограничил частоту запросов. Подождите немного и повторите."],
  "error.provider_rejected": ["The provider did not take the request. Describe the page in other words, or ask another model.", "Провайдер не принял запрос. Опишите страницу иначе или выберите другую модель."],
  "error.provider_failed": ["Something is wrong at the provider. Try again in a while.", "Ошибка на стороне провайдера. Повторите немного позже."],
  "error.model_not_found": ["The provider does not know this model. Choose another one in MODELS on the server.", "Провайдер не знает этой модели. Выберите другую в MODELS на сервере."],
  "error.stream_interrupted": ["The model's answer broke off. Try again.", "Ответ модели оборвался. Повторите."],
  "error.stream_stalled": ["The model said nothing for too long. Try again.", "Модель слишком долго молчала. Повторите."],
  "error.content_filter": ["The provider's filter stopped the answer. Describe the page in other words.", "Ответ остановлен фильтром провайдера. Опишите страницу иначе."],
  "error.refused": ["The model refused to make this page. Describe it in other words.", "Модель отказалась делать эту страницу. Опишите её иначе."],
  "error.no_page": ["The model answered, but not with a page. Try again, or describe it in other words.", "Модель ответила, но страницы в ответе нет. Повторите или опишите её иначе."],
  "error.answer_too_long": ["The model wrote more than any page has and was stopped. Ask for less at once.", "Модель написала больше, чем бывает в странице, и была остановлена. Попросите меньше за раз."],
  "error.attempts_exhausted": ["It broke off several times, on the server's side. Try again.", "Работа несколько раз прерывалась на стороне сервера. Повторите."],
  "error.never_started": ["The server did not come to it. Try again.", "До этого у сервера не дошла очередь. Повторите."],
  "error.corrupt_record": ["What the server has kept of this cannot be read. Its log says more.", "То, что сервер сохранил об этом, не читается. Подробности в его журнале."],
  // What only the page itself says.
  "error.cancelled": ["Stopped.", "Остановлено."],
  "error.unreachable": ["The server cannot be reached.", "Сервер недоступен."],
  "error.upload_failed": ["The upload did not get through. Try again.", "Загрузка не удалась. Повторите."],

  "quota.user.generations_per_minute": ["Your limit of generations a minute, {max}, is reached. You can go on {when}.", "Исчерпан ваш предел запросов в минуту: {max}. Продолжить можно {when}."],
  "quota.user.running": ["Your limit of models at work at once, {max}, is reached. You can go on when one of them has ended.", "Достигнут ваш предел одновременно работающих моделей: {max}. Продолжить можно, когда одна из них закончит."],
  "quota.user.tokens_per_day": ["Your limit of tokens a day, {max}, is reached. You can go on {when}.", "Исчерпан ваш предел токенов в день: {max}. Продолжить можно {when}."],
  "quota.user.usd_per_day": ["Your limit of spending a day, ${max}, is reached. You can go on {when}.", "Исчерпан ваш предел расходов в день: ${max}. Продолжить можно {when}."],
  "quota.stack.generations_per_minute": ["This server's limit of generations a minute for everybody together, {max}, is reached. It goes on {when}.", "Исчерпан общий предел сервера на запросы в минуту: {max}. Продолжить можно {when}."],
  "quota.stack.running": ["This server's limit of models at work at once for everybody together, {max}, is reached. It goes on when one of them has ended.", "Достигнут общий предел сервера на одновременно работающие модели: {max}. Продолжить можно, когда одна из них закончит."],
  "quota.stack.tokens_per_day": ["This server's limit of tokens a day for everybody together, {max}, is reached. It goes on {when}.", "Исчерпан общий предел сервера на токены в день: {max}. Продолжить можно {when}."],
  "quota.stack.usd_per_day": ["This server's limit of spending a day for everybody together, ${max}, is reached. It goes on {when}.", "Исчерпан общий предел сервера на расходы в день: ${max}. Продолжить можно {when}."],

  "finding.unclosed_document": ["The page is not closed: it seems to stop in the middle.", "Страница не закрыта: похоже, она обрывается на середине."],
  "finding.missing_title": ["The page has no title.", "У страницы нет заголовка."],
  "finding.empty_body": ["The page has nothing to see.", "На странице нечего смотреть."],
  "finding.unknown_host": ["Scripts or styles come from hosts that were not asked for: {named}", "Скрипты или стили взяты с адресов, о которых не просили: {named}"],
  "finding.missing_file": ["Scripts or styles are named that do not exist: {named}", "Названы скрипты или стили, которых нет: {named}"],
  "finding.missing_image": ["Images are named that do not exist: {named}", "Названы картинки, которых нет: {named}"],
  "finding.picture_failed": ["Placeholders in place of pictures: {named}", "Заглушки вместо картинок: {named}"],

  "notice.waiting": ["Waiting for {model}…", "Ждём {model}…"],
  "notice.asking_again": ["The provider did not answer to the end. Asking again {when}.", "Провайдер не ответил до конца. Спрашиваем снова {when}."],
  "notice.shut_down": ["{model} has been shut down by its provider; {modelUsed} answers instead.", "Модель {model} отключена провайдером; вместо неё отвечает {modelUsed}."],
  "notice.not_found": ["The provider does not know {model}; {modelUsed} answers instead.", "Провайдер не знает модели {model}; вместо неё отвечает {modelUsed}."],
  "notice.fields_ignored": ["{named} was not used: this server asks its own provider with its own key.", "Не использовано: {named}. Этот сервер обращается к своему провайдеру со своим ключом."],
};

/** Codes whose text says all: the server's words would say it a second time. */
const SAID_IN_FULL = [
  "unauthorized", "not_found", "quota_exceeded", "misconfigured", "unavailable", "stream_stalled", "attempts_exhausted", "never_started",
  "cancelled", "unreachable",
];

function say(key, values = {}) {
  const texts = MESSAGES[key];
  return texts === undefined ? null : fill(choose(texts), values);
}

/** What went wrong and what to do about it, of a code and what came with it: {code, message, field, quota}. */
export function explain({ code, message = "", field = null, quota = null }) {
  const text = (quota === null || quota === undefined ? null : exceeded(quota)) ?? say(`error.${code}`);
  if (text === null) return message || t("error.unknown", { code: code ?? "?" });
  const words = SAID_IN_FULL.includes(code) || message === "" ? "" : ` “${message}”`;
  const place = typeof field === "string" && !SAID_IN_FULL.includes(code) ? ` (${field})` : "";
  return `${text}${words}${place}`;
}

function exceeded({ scope, limit, max, resetsAtMs, retryAfterS }) {
  const when = retryAfterS <= 90 ? soon(retryAfterS) : instantText(resetsAtMs);
  const amount = limit === "usd_per_day" ? max / 1_000_000 : max;
  return say(`quota.${scope}.${limit}`, { max: count(amount), when });
}

/** What was found about a page. What a finding names stands behind its colon. */
export function finding({ code, message = "" }) {
  const colon = message.indexOf(": ");
  return say(`finding.${code}`, { named: colon < 0 ? "" : message.slice(colon + 2) }) ?? message;
}

/** A word about a request or a variant, of the data that came with it; null if that has no code that is known here. */
export function notice(data = {}) {
  const when = Number.isFinite(data.pauseMs) ? soon(Math.ceil(data.pauseMs / 1_000)) : "";
  return say(`notice.${data.code ?? data.reason}`, { ...data, when, named: (data.fields ?? []).join(", ") });
}

/** Every key with its texts, for tests. */
export function messageEntries() {
  return Object.entries(MESSAGES);
}
