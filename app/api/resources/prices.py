"""Prices: what a basket costs and why, and prices that are promised."""

import uuid
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, Literal

from pydantic import BaseModel

from app.api.call import Call, Endpoint
from app.api.problems import FieldFault, ProblemError
from app.api.resources.people import require_person
from app.api.resources.price_models import (
    Answer,
    Basket,
    Baskets,
    CouponAnswer,
    CouponAsked,
    Item,
    Line,
    ListedProduct,
    NoPrice,
    Price,
    PriceList,
    PriceListPath,
    Prices,
    PromisedPrice,
    QuoteAsked,
    QuotePath,
    Step,
)
from core.db.database import Tx
from core.orders import listing, prices, quotes
from core.orders.errors import QuoteUnknown
from core.orders.prices import BOOKS
from core.orders.quotes import Quote
from core.pricing.basket import Buyer, Priced, PricedLine, PricingError, Wanted
from core.pricing.calculate import price
from core.pricing.coupons import find_coupon
from core.tenants import business
from values import clock

READ = "prices:read"
QUOTE = "prices:quote"


def calculate_price(call: Call, body: Basket) -> Price:
    """What a basket costs now, and why. Nothing is promised."""
    return _price(_Counter(call, [body]).priced(body))


def calculate_prices(call: Call, body: Baskets) -> Prices:
    """Price many baskets by the rules of one moment. One that has no price says why."""
    counter = _Counter(call, body.baskets)
    answers = []
    for basket in body.baskets:
        try:
            priced = counter.buy(basket)
        except PricingError as error:
            reason = NoPrice(reason=error.reason, product=error.product, detail=str(error))
            answers.append(Answer(error=reason))
        else:
            answers.append(Answer(price=_price(priced, explain=body.explain)))
    return Prices(answers=answers)


def promise_price(call: Call, body: QuoteAsked) -> PromisedPrice:
    """Promise a basket's price: a quote, which expires."""
    if body.person_id is not None:
        require_person(call, body.person_id)
    try:
        quote = quotes.promise(
            call.tx,
            _purchase(body),
            _wanted(body.items),
            zone=business.of_transaction(call.tx).zone,
            lives=timedelta(seconds=body.expires_in_s),
        )
    except PricingError as error:
        raise _problem(error, body.items) from None
    return _promised(quote)


def get_quote(call: Call, path: QuotePath) -> PromisedPrice:
    """A price that was promised."""
    return _promised(_quote(call, path, quotes.find))


def confirm_quote(call: Call, path: QuotePath) -> PromisedPrice:
    """Take a promised price. Said again, it is the same quote."""
    return _promised(_quote(call, path, quotes.confirm))


def validate_promotion(call: Call, body: CouponAsked) -> CouponAnswer:
    """Whether somebody can use a coupon now."""
    basket = Basket(
        # A coupon that is looked at alone is looked at without a basket.
        items=body.items or [Item.model_construct(product="", quantity=1)],
        person_id=body.person_id,
        region=body.region,
        channel=body.channel,
        coupon=body.code,
        at=None,
    )
    counter = _Counter(call, [basket])
    buyer = counter.buyer(basket)
    rule, reason = find_coupon(counter.book.for_buyer(buyer), buyer, counter.book)
    discount_minor = 0
    if rule is not None and body.items:
        used = counter.priced(basket)
        unused = counter.priced(basket.model_copy(update={"coupon": ""}))
        reason, discount_minor = used.coupon_refused, unused.amount_minor - used.amount_minor
    return CouponAnswer(
        valid=not reason,
        reason=reason,
        rule=rule.id if rule is not None else "",
        discount_minor=discount_minor,
        currency=counter.book.terms.currency,
    )


def get_price_list(call: Call, path: PriceListPath) -> PriceList:
    """The list prices that hold now, or those that were published under an id."""
    found = listing.price_list(call.tx, path.price_list_id)
    if found is None:
        raise ProblemError("not_found")
    return PriceList(
        id=found.id,
        version=found.version,
        published_at=found.published_at,
        approved_by=found.approved_by,
        currency=found.currency,
        tax_included=found.tax_included,
        products=[
            ListedProduct(product=code, category=category, unit_minor=unit_minor)
            for code, category, unit_minor in found.products
        ],
    )


class _Counter:
    """Prices baskets by the rules of one moment, and by what is known of their buyers."""

    def __init__(self, call: Call, baskets: Sequence[Basket]) -> None:
        self._tx = call.tx
        _, self.book = BOOKS.newest(call.tx)
        self._zone = business.of_transaction(call.tx).zone
        people = {one.person_id for one in baskets if one.person_id is not None}
        self._shops = prices.shops(call.tx, people) if people else {}
        self._now = clock.now(self._zone)

    def buyer(self, basket: Basket) -> Buyer:
        at = self._now
        if basket.at is not None:
            at = basket.at.astimezone(self._zone)
        return prices.buyer_of(self._tx, self.book, _purchase(basket), at, self._shops)

    def buy(self, basket: Basket) -> Priced:
        """Raises PricingError."""
        return price(self.book, self.buyer(basket), _wanted(basket.items))

    def priced(self, basket: Basket) -> Priced:
        """Raises ProblemError."""
        try:
            return self.buy(basket)
        except PricingError as error:
            raise _problem(error, basket.items) from None


def _purchase(basket: Basket) -> prices.Purchase:
    return prices.Purchase(basket.person_id, basket.region, basket.channel, basket.coupon)


def _wanted(items: Sequence[Item]) -> list[Wanted]:
    return [Wanted(item.product, item.quantity) for item in items]


def _problem(error: PricingError, items: Sequence[Item]) -> ProblemError:
    """Which item has no price, and why."""
    places = [number for number, item in enumerate(items) if item.product == error.product]
    field = f"body.items.{places[0]}.product" if places else "body.items"
    return ProblemError(
        "no_price", error.reason, errors=[FieldFault(field=field, detail=str(error))]
    )


def _quote(call: Call, path: QuotePath, take: Callable[[Tx, uuid.UUID], Quote]) -> Quote:
    try:
        return take(call.tx, path.quote_id)
    except QuoteUnknown:
        raise ProblemError("not_found") from None


def _promised(quote: Quote) -> PromisedPrice:
    state: Literal["open", "confirmed", "expired"] = "open"
    if quote.confirmed_at is not None:
        state = "confirmed"
    elif quote.expires_at <= clock.now():
        state = "expired"
    return PromisedPrice(
        id=quote.id,
        person_id=quote.subscriber_id,
        state=state,
        expires_at=quote.expires_at,
        confirmed_at=quote.confirmed_at,
        price=_price(quote.priced),
    )


def _price(priced: Priced, *, explain: bool = True) -> Price:
    # What was calculated is right already: it is not validated again, line by line.
    return Price.model_construct(
        currency=priced.currency,
        lines=[_line(line, explain=explain) for line in priced.lines],
        list_minor=priced.list_minor,
        discount_minor=priced.discount_minor,
        amount_minor=priced.amount_minor,
        tax_minor=priced.tax_minor,
        rounding_minor=priced.rounding_minor,
        total_minor=priced.total_minor,
        version=priced.version,
        coupon_rule=priced.coupon_rule,
        coupon_refused=priced.coupon_refused,
    )


def _line(line: PricedLine, *, explain: bool) -> Line:
    return Line.model_construct(
        product=line.product,
        quantity=line.quantity,
        unit_list_minor=line.unit_list_minor,
        list_minor=line.list_minor,
        amount_minor=line.amount_minor,
        tax_minor=line.tax_minor,
        rounding_minor=line.rounding_minor,
        total_minor=line.total_minor,
        free_by=line.free_by,
        steps=[
            Step.model_construct(
                rule=step.rule,
                stage=step.stage.name.lower(),
                before_minor=step.before_minor,
                after_minor=step.after_minor,
                floor=step.floor,
            )
            for step in (line.steps if explain else ())
        ],
    )


def _endpoint(path: str, view: Any, answer: type[BaseModel], **more: Any) -> Endpoint:
    return Endpoint(path=path, view=view, answer=answer, tags=("prices",), **more)


ENDPOINTS = (
    _endpoint(
        "/prices/calculate",
        calculate_price,
        Price,
        method="POST",
        scope=READ,
        body_model=Basket,
        only_asks=True,
        problems=("no_price", "refused"),
    ),
    _endpoint(
        "/prices/bulk-calculate",
        calculate_prices,
        Prices,
        method="POST",
        scope=READ,
        body_model=Baskets,
        only_asks=True,
        problems=("refused",),
    ),
    _endpoint(
        "/prices/quotes",
        promise_price,
        PromisedPrice,
        method="POST",
        scope=QUOTE,
        body_model=QuoteAsked,
        status=201,
        problems=("no_price", "refused", "not_found"),
    ),
    _endpoint(
        "/prices/quotes/<quote_id>",
        get_quote,
        PromisedPrice,
        method="GET",
        scope=READ,
        path_model=QuotePath,
        problems=("not_found",),
    ),
    _endpoint(
        "/prices/quotes/<quote_id>/confirm",
        confirm_quote,
        PromisedPrice,
        method="POST",
        scope=QUOTE,
        path_model=QuotePath,
        problems=("not_found", "refused"),
    ),
    _endpoint(
        "/promotions/validate",
        validate_promotion,
        CouponAnswer,
        method="POST",
        scope=READ,
        body_model=CouponAsked,
        only_asks=True,
        problems=("no_price", "refused"),
    ),
    _endpoint(
        "/price-lists/<price_list_id>",
        get_price_list,
        PriceList,
        method="GET",
        scope=READ,
        path_model=PriceListPath,
        problems=("not_found", "refused"),
    ),
)
