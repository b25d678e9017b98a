// One question on standard input as JSON, one answer on standard output: {"answer": ...} or {"refused": "why"}.
import { text } from 'node:stream/consumers'

export async function answer(reply) {
  const question = JSON.parse(await text(process.stdin))
  try {
    console.log(JSON.stringify({ answer: await reply(question) }))
  } catch (error) {
    console.log(JSON.stringify({ refused: describe(error) }))
  }
}

function describe(error) {
  const response = error.response?.credentialErrorResponseResult?.data ?? error.errorResponse
  return [error.message, response && JSON.stringify(response)].filter(Boolean).join(' ')
}
