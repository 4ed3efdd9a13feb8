"""Invented ads that ordinary callers ask about; nobody's words, no real contact."""

TEXTS = (
    "Harvest help near Spalding, 12.40 an hour before tax, contract before you travel.",
    "Chat support abroad, 1,600 USD, room and ticket free, you fly on Thursday, papers later.",
    "Cleaner for a guest house, mornings, pay at the end of each week, ask inside.",
    "Like posts, 90 USD a day, you recharge 30 and withdraw everything tonight.",
    "Cozinheira em Recife, carteira assinada, entrevista na loja na segunda.",
    "Urgent typist overseas, free visa, send a photo of your passport before tonight.",
    "Упаковщики на склад, оплата раз в две недели, оформление по договору.",
    "招聘餐厅服务员，包吃住，签合同，周末面试",
)
