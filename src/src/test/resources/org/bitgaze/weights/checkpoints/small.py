import sys, types, pickle, io, zipfile, struct, collections, os, argparse, pathlib, datetime, array
def mod(n):
    m=types.ModuleType(n); sys.modules[n]=m
    if '.' in n:
        p,c=n.rsplit('.',1)
        if p not in sys.modules: mod(p)
        setattr(sys.modules[p],c,m)
    return m
for n in ['torch','torch._utils','torch.storage','torch.nn.parameter','torch._tensor','torch.serialization','numpy','numpy.core','numpy.core.multiarray','my','my.models','pytorch_lightning.callbacks.model_checkpoint','pytorch_lightning.utilities.parsing']: mod(n)
class G:
    """stands for a global"""
def fn(module,name):
    def f(*a): pass
    f.__module__=module; f.__qualname__=f.__name__=name
    setattr(sys.modules[module],name,f); return f
def cls(module,name,base=object):
    c=type(name,(base,),{'__module__':module,'__qualname__':name}); setattr(sys.modules[module],name,c); return c
v1=fn('torch._utils','_rebuild_tensor'); v2=fn('torch._utils','_rebuild_tensor_v2'); v3=fn('torch._utils','_rebuild_tensor_v3'); qt=fn('torch._utils','_rebuild_qtensor')
par=fn('torch._utils','_rebuild_parameter'); sub=fn('torch._tensor','_rebuild_from_type_v2'); parst=fn('torch._utils','_rebuild_parameter_with_state')
Param=cls('torch.nn.parameter','Parameter'); Tensor=cls('torch','Tensor')
ST={n:cls('torch',n+'Storage') for n in ['Float','Half','Double','BFloat16','Long','Byte','QInt8']}
Untyped=cls('torch.storage','UntypedStorage')
Size=cls('torch','Size',tuple); Size.__reduce__=lambda s:(Size,(tuple(s),))
device=fn('torch','device')
scalar=fn('numpy.core.multiarray','scalar'); npdtype=cls('numpy','dtype')
fp8=fn('torch','float8_e4m3fn'); per_tensor=fn('torch','per_tensor_affine'); f32=fn('torch','float32')
class Reduce:
    def __init__(s,f,*a): s.f=f; s.a=a
    def __reduce__(s): return (s.f,s.a)
class Storage:
    def __init__(s,kind,data,numel): s.kind=kind; s.data=data; s.n=numel
fmt={'Float':'f','Half':'e','Double':'d','Long':'q','Byte':'B'}
def T(values,shape,kind='Float',wrap=None,offset=0,fn_=v2):
    if kind=='BFloat16': data=b''.join(struct.pack('<f',v)[2:] for v in values)
    else: data=struct.pack('<%d%s'%(len(values),fmt[kind]),*values)
    st=Storage(ST[kind],data,len(values))
    strides=[];n=1
    for d in reversed(shape): strides.insert(0,n); n*=d
    a=(st,offset,tuple(shape),tuple(strides))
    if fn_ is v2: a+=(False,collections.OrderedDict())
    return Reduce(fn_,*a)
class P(pickle._Pickler):
    def __init__(s,*a,**k): super().__init__(*a,**k); s.st={}
    def persistent_id(s,o):
        if isinstance(o,Storage):
            k=str(s.st.setdefault(id(o),(len(s.st),o))[0])
            return ('storage',o.kind,k,'cpu',o.n)
        if isinstance(o,Module): return ('module',dict,'file.py','source')
class Module: pass
def save(name,obj,proto=2,legacy=False,extra=()):
    b=io.BytesIO(); p=P(b,protocol=proto); p.dump(obj)
    sts=sorted(p.st.values(),key=lambda x:x[0])
    with open(name,'wb') as f:
        if legacy:
            pickle.dump(0x1950a86a20f9469cfc6c,f,protocol=proto); pickle.dump(1001,f,protocol=proto)
            pickle.dump(dict(protocol_version=1001,little_endian=True,type_sizes=dict(short=2,int=4,long=4)),f,protocol=proto)
            f.write(b.getvalue()); pickle.dump([str(k) for k,_ in sts],f,protocol=proto)
            for k,s in sts: f.write(struct.pack('<q',s.n)); f.write(s.data)
        else:
            z=zipfile.ZipFile(f,'w',zipfile.ZIP_STORED)
            def w(n,d):
                zi=zipfile.ZipInfo(n,(1980,1,1,0,0,0)); z.writestr(zi,d)
            w('archive/data.pkl',b.getvalue()); w('archive/byteorder','little')
            for k,s in sts: w('archive/data/%d'%k,s.data)
            for n,d in extra: w(n,d)
            w('archive/version','3\n'); z.close()
OD=collections.OrderedDict
W=[1,2,3,4,5,6]; B=[7,8]
def sd(prefix='',kind='Float',w=W,b=B,**k): return OD([(prefix+'fc.weight',T(w,(2,3),kind,**k)),(prefix+'fc.bias',T(b,(2,),kind,**k))])
out='out/'; os.makedirs(out,exist_ok=True); os.chdir(out)
# readable
save('optimizer.pth',{'state_dict':sd(),'optimizer':{'state':{0:{'step':T([3],()),'exp_avg':T(W,(2,3))}},'param_groups':[{'lr':0.1,'betas':(0.9,0.999),'params':[0,1]}]},'best':float('inf'),'epoch':3})
save('optimizer-legacy.pth',{'state_dict':sd(),'optimizer':{'state':{0:{'exp_avg':T(W,(2,3))}}},'lr':.1},legacy=True)
save('numpy-scalar.pth',{'model':sd(),'loss':Reduce(scalar,Reduce(npdtype,'f8',False,True),b'\x00'*8)})
save('plain-values.pth',{'model':sd(),'path':pathlib.PurePosixPath('/a/b'),'when':datetime.datetime(2024,1,1),'z':1+2j,'b':b'abc','ba':bytearray(b'abc'),'fs':frozenset([1]),'big':1<<80,'neg':-(1<<40),'size':Size((1,2)),'device':Reduce(device,'cuda',0),'counter':collections.Counter(a=1),'deque':collections.deque([1]),'ns':argparse.Namespace(lr=.1),'dtype':f32,'none':None,'long':'x'*70000})
for p in (3,4,5): save('protocol-%d.pth'%p,{'model':sd(),'lr':.5,'set':{1,2},'frozen':frozenset([1]),'bytes':b'x'*300,'ba':bytearray(b'x'),'path':pathlib.PurePosixPath('/a'),'ns':argparse.Namespace(a=1)},proto=p)
save('protocol-4-legacy.pth',sd(),proto=4,legacy=True)
save('parameters.pth',OD([('fc.weight',Reduce(par,T(W,(2,3)),True,OD())),('fc.bias',Reduce(parst,T(B,(2,)),True,OD(),{'a':1}))]))
save('subclass.pth',OD([('fc.weight',Reduce(sub,v2,Tensor,(T(W,(2,3)).a),{'attribute':1})),('fc.bias',T(B,(2,),fn_=v1))]))
save('python-2-pairs.pth',Reduce(OD,[['fc.weight',T(W,(2,3))],['fc.bias',T(B,(2,))]]))
save('tuple.pth',(sd(),5,.1))
save('list-of-one.pth',[sd('module.')])
save('deep.pth',{'a':{'b':{'model':sd('net.backbone.')}}})
save('by-module.pth',{'fc':{'weight':T(W,(2,3)),'bias':T(B,(2,))},'epoch':1})
save('wrapped-inside.pth',{'state_dict':OD([('encoder._orig_mod.fc.module.weight',T(W,(2,3))),('encoder._orig_mod.fc.module.bias',T(B,(2,)))])})
save('averaged.pth',OD(list(sd('module.').items())+[('n_averaged',T([4],(),'Long'))]))
save('with-loss.pth',{'state_dict':OD(list(sd('model.').items())+[('criterion.weight',T([1],(1,)))])})
save('half.pth',sd(kind='Half')); save('bfloat16.pth',sd(kind='BFloat16'))
save('double.pth',{'ema':sd(kind='Double')})
same=sd(); save('same-dict-twice.pth',{'model':same,'state_dict':same})
loop={'model':sd()}; loop['self']=loop; loop['list']=[loop]; save('contains-itself.pth',loop)
save('projector-has-other-shape.pth',{'model':OD(list(sd('encoder.').items())+list(OD([('head.fc.weight',T(W+W,(4,3))),('head.fc.bias',T(W[:5],(5,)))]).items()))})
# several
save('model-and-ema.pth',{'model':sd(),'ema':sd(w=[-x for x in W])})
save('nested-ema.pth',{'model':sd(),'ema':{'state_dict':sd('module.',w=[-x for x in W])}})
save('root-and-ema.pth',OD(list(sd().items())+list(sd('ema.',w=[-x for x in W]).items())))
# refused
save('fp8.pth',OD([('fc.weight',Reduce(v3,Storage(Untyped,bytes(6),6),0,(2,3),(3,1),False,OD(),fp8)),('fc.bias',T(B,(2,)))]))
save('quantized.pth',OD([('fc.weight',Reduce(qt,Storage(ST['QInt8'],bytes(6),6),0,(2,3),(3,1),(per_tensor,.1,0),False,OD())),('fc.bias',T(B,(2,)))]))
save('integers.pth',OD([('fc.weight',T(W,(2,3),'Long')),('fc.bias',T(B,(2,)))]))
save('both-wrapped-and-not.pth',OD(list(sd().items())+list(sd('module.').items())))
Net=cls('my.models','Net'); save('pickled-model.pth',Net())
save('pickled-model-source.pth',Reduce(OD,[['net',Module()]]))
save('no-tensors.pth',{'epoch':1,'lr':.1})
save('torchscript.pth',{'a':1},extra=[('archive/constants.pkl',b''),('archive/code/x.py','')])
with open('plain-pickle.pth','wb') as f: pickle.dump({'a':[1,2]},f,protocol=2)
class Enumy: 
    def __reduce__(s): return (getattr,(collections.OrderedDict,'x'))
save('getattr.pth',{'model':sd(),'e':Enumy()})
open('html.pth','w').write('<!DOCTYPE html>\n<html><body>Sign in</body></html>')
open('lfs.pth','w').write('version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize 4957703\n'%('0'*64))
open('lfs.safetensors','w').write('version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize 4957703\n'%('0'*64))
open('empty.pth','w'); open('empty.safetensors','w')
open('json.safetensors','w').write('\ufeff{"error":"Repository not found"}')
with zipfile.ZipFile('npz.pth','w') as z: z.writestr(zipfile.ZipInfo('arr_0.npy'),'x')
open('hdf5.pth','wb').write(b'\x89HDF\r\n\x1a\n'+bytes(100))
