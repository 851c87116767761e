from t9 import Acc
def g_run(a:Acc,x:float,n:int)->float: return a.run(x,n)
def g_run2(a:Acc,x:float,n:int)->float: return a.run2(x,n)
def g_run3(a:Acc,x:float,n:int)->float: return a.run3(x,n)
def g_run4(a:Acc,x:float,n:int)->float: return a.run4(x,n)
def g_run5(a:Acc,x:float,n:int)->float: return a.run5(x,n)
def g_run6(a:Acc,x:float,n:int)->float: return a.run6(x,n)
def g_run7(a:Acc,x:float,n:int)->float: return a.run7(x,n)
