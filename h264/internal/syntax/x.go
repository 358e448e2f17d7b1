package syntax
const X = 0
