// What @sd-jwt/jwt-status-list reads at each index of a status list token.
import { StatusList, getListFromStatusListJWT, getStatusListFromJWT } from '@sd-jwt/jwt-status-list'
import { answer } from './stdio.mjs'

answer(({ token, credential, lst, bits, indices }) => {
  const list = token ? getListFromStatusListJWT(token) : StatusList.decompressStatusList(lst, bits)
  const reference = credential ? getStatusListFromJWT(credential.split('~')[0]) : null
  return {
    bits: list.getBitsPerStatus(),
    entries: list.statusList.length,
    statuses: (indices ?? [reference.idx]).map((index) => list.getStatus(index)),
    reference,
  }
})
